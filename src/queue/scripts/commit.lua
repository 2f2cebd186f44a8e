-- Moves a record on, from exactly the version that the caller has read, with everything that follows from it: events, index,
-- the turn of its session and the outbox. Answers a repeat of the same operation with 1 again; 0 means that somebody else was first.
local job, operation = unpack(KEYS)
local base, tenant, id, session, version, doc, status, epoch, fence, pays, events_json, now_ms, backend_session, account,
  timeline, park, gate, ending, announce, retention_s, settling_gate, operation_ttl_s = unpack(ARGV)

if redis.call('EXISTS', operation) == 1 then return 1 end
if redis.call('HGET', job, 'version') ~= version then return 0 end
redis.call('SET', operation, 1, 'EX', operation_ttl_s)

local before = shown_status(job)
redis.call('HSET', job, 'doc', doc, 'status', status, 'version', version + 1, 'epoch', epoch, 'fence', fence, 'pays', pays)
if ending ~= '' then redis.call('HDEL', job, 'gate') end
reindex(base, tenant, id, before, shown_status(job))
for _, event in ipairs(cjson.decode(events_json)) do add_event(base, tenant, id, event) end
if backend_session ~= '' then
  redis.call('HSET', session_key(base, tenant, session), 'backend', backend_session, 'account', account)
  note_account(base, account, now_ms)
end

if timeline ~= '' then
  redis.call('HSET', session_key(base, tenant, session), 'timeline', timeline, 'timelineAtMs', now_ms)
end

local member = tenant .. '|' .. id
if ending == '' then
  redis.call('ZADD', base .. 'admitted', 'XX', now_ms, member)
  if park ~= '' then
    leave(base, tenant, id)
    hold_at_gate(base, park, now_ms, tenant, session, gate)
  end
  return 1
end

leave(base, tenant, id)
redis.call('ZREM', base .. 'open', member)
if announce == '1' then redis.call('ZADD', base .. 'outbox', now_ms, member) end
redis.call('EXPIRE', job, retention_s)
redis.call('EXPIRE', base .. 'events:' .. tenant .. ':' .. id, retention_s)

-- The turn goes to the next job of the session.
local line = line_key(base, tenant, session)
local had_turn = redis.call('LINDEX', line, 0) == id
redis.call('LREM', line, 1, id)
if redis.call('EXISTS', line) == 0 then redis.call('EXPIRE', session_key(base, tenant, session), retention_s) end
if not had_turn then return 1 end
redis.call('ZREM', base .. 'ready:' .. tenant, session)
local held_under = redis.call('HGET', job, 'heldUnder')
if held_under then redis.call('ZREM', held_under, tenant .. '|' .. session) end
if ending == 'settle' then
  redis.call('ZADD', base .. 'settling', now_ms, tenant .. '|' .. session)
  local next_id = redis.call('LINDEX', line, 0)
  if next_id then set_gate(base, tenant, next_id, settling_gate) end
elseif not redis.call('ZSCORE', base .. 'settling', tenant .. '|' .. session) then
  give_turn(base, tenant, session, now_ms)
end
return 1
