-- Lets in the next jobs, while the window has room: tenants in turn by virtual time, within a tenant the session that is first by
-- priority and age, within a session the first job of its line. The cost depends on how many are let in, not on the backlog.
local ring, admitted, virtual_time = unpack(KEYS)
local key_base, now_ms, window, batch = unpack(ARGV)

local members = {}
local room = math.min(tonumber(batch), window - redis.call('ZCARD', admitted))
while #members < room do
  local first = redis.call('ZRANGE', ring, 0, 0, 'WITHSCORES')
  local tenant, served = first[1], first[2]
  if not tenant then break end

  local ready = key_base .. 'ready:' .. tenant
  local session_id = redis.call('ZPOPMIN', ready)[1]
  if session_id then
    local member = tenant .. '|' .. redis.call('LINDEX', key_base .. 'line:' .. tenant .. ':' .. session_id, 0)
    redis.call('ZADD', admitted, now_ms, member)
    table.insert(members, member)
    redis.call('SET', virtual_time, served)
    redis.call('ZINCRBY', ring, 1, tenant)
  end
  if redis.call('ZCARD', ready) == 0 then redis.call('ZREM', ring, tenant) end
end
return members
