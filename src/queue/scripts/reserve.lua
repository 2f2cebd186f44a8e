-- Reserves an Idempotency-Key. The reservation pins the id of what will be made: whoever takes over after the lease of a crashed
-- request makes the same resource again, which changes nothing where it was made already. A request that is sent again, since the
-- reply was lost, is known by the id that it proposes, and may run.
local entry = KEYS[1]
local fingerprint, resource_id, now_ms, lease_ms, keep_s = unpack(ARGV)

local kept = redis.call('HMGET', entry, 'fingerprint', 'resourceId', 'leaseUntilMs', 'answer', 'holder')
if not kept[1] then
  redis.call('HSET', entry, 'fingerprint', fingerprint, 'resourceId', resource_id, 'leaseUntilMs', now_ms + lease_ms,
    'holder', resource_id)
  redis.call('EXPIRE', entry, keep_s)
  return { 'run', resource_id }
end
if kept[1] ~= fingerprint then return { 'mismatch', '' } end
if kept[4] then return { 'replay', kept[4] } end
if tonumber(kept[3]) > tonumber(now_ms) and kept[5] ~= resource_id then return { 'in_flight', '' } end
if kept[5] ~= resource_id then redis.call('HSET', entry, 'takenOver', 1) end
redis.call('HSET', entry, 'leaseUntilMs', now_ms + lease_ms, 'holder', resource_id)
return { 'run', kept[2] }
