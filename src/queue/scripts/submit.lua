-- Accepts a job: record, event, index entries, its session and its place in the session's line, all or nothing.
-- An id that exists changes nothing, so a call that is sent again (by the client library, or by a caller's retry) is harmless.
local job = KEYS[1]
local base, tenant, id, session, doc, now_ms, event, priority, pays, deadline_at_ms, run_after_ms, scheduled_gate, progress,
  busy_gate, settling_gate, skill = unpack(ARGV)

if redis.call('EXISTS', job) == 1 then return 0 end

redis.call('HSET', job, 'doc', doc, 'status', 'queued', 'version', 1, 'epoch', 1, 'fence', 0, 'progress', progress,
  'priority', priority, 'pays', pays, 'sequence', redis.call('INCR', base .. 'sequence'))
if run_after_ms ~= '' then redis.call('HSET', job, 'runAfterMs', run_after_ms, 'scheduledGate', scheduled_gate) end
add_event(base, tenant, id, event)
redis.call('ZADD', base .. 'index:' .. tenant .. ':all', 0, id)
redis.call('ZADD', base .. 'index:' .. tenant .. ':queued', 0, id)
redis.call('ZADD', base .. 'open', deadline_at_ms, tenant .. '|' .. id)
make_session(base, tenant, session, now_ms, skill, '{}')
-- It does not expire while a job of it is open.
redis.call('PERSIST', session_key(base, tenant, session))

if redis.call('RPUSH', line_key(base, tenant, session), id) > 1 then
  set_gate(base, tenant, id, busy_gate)
elseif redis.call('ZSCORE', base .. 'settling', tenant .. '|' .. session) then
  set_gate(base, tenant, id, settling_gate)
else
  give_turn(base, tenant, session, now_ms)
end
return 1
