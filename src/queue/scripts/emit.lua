-- An event, and the progress it means, from whoever holds the job now; a worker that lost it, or a job that ended, changes nothing.
local job = KEYS[1]
local base, tenant, id, fence, event, progress = unpack(ARGV)

local held = redis.call('HMGET', job, 'fence', 'status')
if held[1] ~= fence or held[2] ~= 'running' then return 0 end
if progress ~= '' then redis.call('HSET', job, 'progress', progress) end
add_event(base, tenant, id, event)
return 1
