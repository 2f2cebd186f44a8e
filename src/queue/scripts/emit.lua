-- An event, and the progress it means, from whoever holds the job now; a worker that lost it, or a job that ended, changes nothing.
local job, events = unpack(KEYS)
local fence, event, progress, channel, member, events_max = unpack(ARGV)

local held = redis.call('HMGET', job, 'fence', 'status')
if held[1] ~= fence or held[2] ~= 'running' then return 0 end
if progress ~= '' then redis.call('HSET', job, 'progress', progress) end
redis.call('XADD', events, 'MAXLEN', '~', events_max, '*', 'event', event)
redis.call('PUBLISH', channel, member)
return 1
