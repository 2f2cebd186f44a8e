-- Appends to a list that still has the length that the caller has seen; returns the list that stands.
local list = KEYS[1]
local value, expected_length = unpack(ARGV)
if redis.call('LLEN', list) == tonumber(expected_length) then redis.call('RPUSH', list, value) end
return redis.call('LRANGE', list, 0, -1)
