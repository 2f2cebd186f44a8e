-- Lets in the next jobs, while the window has room: tenants in turn by virtual time and up to their cap, within a tenant the session
-- that is first by priority and age, within a session the first job of its line. A session whose gate is closed is put aside on the
-- way, once. The cost depends on how many are let in or put aside, not on the backlog.
local ring = KEYS[1]
local base, now_ms, window, tenant_cap, batch, gates_json = unpack(ARGV)
local gates = cjson.decode(gates_json)
local current_account = redis.call('ZRANGE', base .. 'accounts', -1, -1)[1]

local function closed_gate(account, pays)
  for _, gate in ipairs(gates) do
    if (gate.account == '*' or gate.account == account) and (pays == '1' or not gate.paidOnly) then return gate end
  end
end

local members, steps = {}, 0
local room = math.min(tonumber(batch), window - redis.call('ZCARD', base .. 'admitted'))
while #members < room and steps < 4 * batch do
  steps = steps + 1
  local tenant, served = unpack(redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES'))
  if not tenant then break end

  local ready = base .. 'ready:' .. tenant
  local load = tonumber(redis.call('HGET', base .. 'load', tenant) or 0)
  local session = load < tonumber(tenant_cap) and redis.call('ZPOPMIN', ready)[1]
  local id = session and redis.call('LINDEX', line_key(base, tenant, session), 0)
  if id and not redis.call('ZSCORE', base .. 'admitted', tenant .. '|' .. id) then
    -- A session that is not made yet would be made with the current account.
    local account = redis.call('HGET', session_key(base, tenant, session), 'account') or current_account
    local gate = closed_gate(account, redis.call('HGET', job_key(base, tenant, id), 'pays'))
    if gate then
      hold_at_gate(base, gate.name, now_ms, tenant, session, gate.waiting)
    else
      redis.call('ZADD', base .. 'admitted', now_ms, tenant .. '|' .. id)
      redis.call('HINCRBY', base .. 'load', tenant, 1)
      redis.call('SET', base .. 'virtual-time', served)
      redis.call('ZINCRBY', ring, 1, tenant)
      table.insert(members, tenant .. '|' .. id)
    end
  end
  if not session or redis.call('ZCARD', ready) == 0 then redis.call('ZREM', ring, tenant) end
end
return { members, steps }
