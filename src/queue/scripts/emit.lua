-- An event, and the progress it means, from whoever holds the job now; a worker that lost it, or a job that ended, changes nothing.
-- Answers a repeat of the same operation with 1 again. Progress that is known already is no event.
local job, operation = unpack(KEYS)
local base, tenant, id, fence, event, progress, operation_ttl_s = unpack(ARGV)

if redis.call('EXISTS', operation) == 1 then return 1 end
local held = redis.call('HMGET', job, 'fence', 'status')
if held[1] ~= fence or held[2] ~= 'running' then return 0 end
redis.call('SET', operation, 1, 'EX', operation_ttl_s)
if progress ~= '' then
  if redis.call('HGET', job, 'progress') == progress then return 1 end
  redis.call('HSET', job, 'progress', progress)
end
add_event(base, tenant, id, event)
return 1
