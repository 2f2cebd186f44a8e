-- Frees an Idempotency-Key under which nothing was made. An answer that was kept meanwhile, by a request that took over, stays.
if redis.call('HEXISTS', KEYS[1], 'answer') == 0 then redis.call('DEL', KEYS[1]) end
return 1
