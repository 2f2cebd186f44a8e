-- Frees an Idempotency-Key under which nothing was made. An answer that was kept meanwhile, by a request that took over, stays. So does a
-- key that was taken over: the other request may have made something, or still do, so whoever is next gets the same id.
local kept = redis.call('HMGET', KEYS[1], 'answer', 'takenOver')
if kept[1] then return 1 end
if kept[2] then
  redis.call('HSET', KEYS[1], 'leaseUntilMs', 0)
else
  redis.call('DEL', KEYS[1])
end
return 1
