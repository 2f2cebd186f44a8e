-- Moves a record on, from exactly the version that the caller has read, with everything that follows from it: events, index,
-- the turn of its session and the outbox. Answers a repeat of the same operation with 1 again; 0 means that somebody else was first.
local job, operation, events, index_before, index_after, admitted, outbox, session, line, ready, ring, virtual_time, sequence = unpack(KEYS)
local id, version, doc, status, epoch, fence, events_json, channel, member, now_ms, ended, announce, retention_s,
  backend_session, session_id, tenant, key_base, operation_ttl_s, events_max = unpack(ARGV)

if redis.call('EXISTS', operation) == 1 then return 1 end
if redis.call('HGET', job, 'version') ~= version then return 0 end
redis.call('SET', operation, 1, 'EX', operation_ttl_s)

redis.call('HSET', job, 'doc', doc, 'status', status, 'version', version + 1, 'epoch', epoch, 'fence', fence)
for _, event in ipairs(cjson.decode(events_json)) do
  redis.call('XADD', events, 'MAXLEN', '~', events_max, '*', 'event', event)
  redis.call('PUBLISH', channel, member)
end
if index_before ~= index_after then
  redis.call('ZREM', index_before, id)
  redis.call('ZADD', index_after, 0, id)
end
if backend_session ~= '' then redis.call('HSET', session, 'backend', backend_session) end

if ended == '0' then
  redis.call('ZADD', admitted, 'XX', now_ms, member)
  return 1
end

redis.call('HDEL', job, 'gate')
redis.call('ZREM', admitted, member)
if announce == '1' then redis.call('ZADD', outbox, now_ms, member) end
redis.call('EXPIRE', job, retention_s)
redis.call('EXPIRE', events, retention_s)

-- The turn goes to the next job of the session.
local had_turn = redis.call('LINDEX', line, 0) == id
redis.call('LREM', line, 1, id)
local next_id = redis.call('LINDEX', line, 0)
if had_turn and next_id then
  local next_job = key_base .. 'job:' .. tenant .. ':' .. next_id
  local priority = redis.call('HGET', next_job, 'priority')
  redis.call('HDEL', next_job, 'gate')
  redis.call('ZREM', key_base .. 'index:' .. tenant .. ':waiting', next_id)
  redis.call('ZADD', key_base .. 'index:' .. tenant .. ':queued', 0, next_id)
  redis.call('PUBLISH', channel, tenant .. '|' .. next_id)
  redis.call('ZADD', ready, 'NX', redis.call('INCR', sequence) - priority * 1099511627776, session_id)
  redis.call('ZADD', ring, 'NX', redis.call('GET', virtual_time) or 0, tenant)
elseif had_turn then
  redis.call('ZREM', ready, session_id)
end
return 1
