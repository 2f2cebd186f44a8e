-- Accepts a job: record, event, index entries, its session and its place in the session's line, all or nothing.
-- An id that exists changes nothing, so a call that is sent again (by the client library, or by a caller's retry) is harmless.
local job, events, index_all, index_queued, index_waiting, session, line, ready, ring, virtual_time, sequence = unpack(KEYS)
local id, doc, created_at_ms, event, channel, member, session_id, tenant, priority, progress = unpack(ARGV)

if redis.call('EXISTS', job) == 1 then return 0 end

redis.call('HSET', job, 'doc', doc, 'status', 'queued', 'version', 1, 'epoch', 1, 'fence', 0,
  'priority', priority, 'progress', progress)
redis.call('XADD', events, '*', 'event', event)
redis.call('PUBLISH', channel, member)
redis.call('ZADD', index_all, 0, id)
redis.call('HSETNX', session, 'createdAtMs', created_at_ms)

if redis.call('RPUSH', line, id) == 1 then
  redis.call('ZADD', index_queued, 0, id)
  -- 2^40 places for each step of priority keep the score an exact integer (so too in commit.lua).
  redis.call('ZADD', ready, redis.call('INCR', sequence) - priority * 1099511627776, session_id)
  redis.call('ZADD', ring, 'NX', redis.call('GET', virtual_time) or 0, tenant)
else
  redis.call('HSET', job, 'gate', 'session_busy')
  redis.call('ZADD', index_waiting, 0, id)
end
return 1
