-- Extends a lock, or gives it back (0 ms), if it still is the caller's.
local lock = KEYS[1]
local holder, lease_ms = unpack(ARGV)
if redis.call('GET', lock) ~= holder then return 0 end
if lease_ms == '0' then return redis.call('DEL', lock) end
return redis.call('PEXPIRE', lock, lease_ms)
