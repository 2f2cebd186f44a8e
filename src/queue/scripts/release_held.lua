-- Gives the turn back to sessions that were held under this key: one by name, or all up to a score. Returns how many there were.
local holding = KEYS[1]
local base, now_ms, only, max_score, batch = unpack(ARGV)
local members
if only == '' then
  members = redis.call('ZRANGEBYSCORE', holding, '-inf', max_score, 'LIMIT', 0, batch)
else
  members = redis.call('ZSCORE', holding, only) and { only } or {}
end
for _, member in ipairs(members) do
  redis.call('ZREM', holding, member)
  local bar = string.find(member, '|', 1, true)
  give_turn(base, string.sub(member, 1, bar - 1), string.sub(member, bar + 1), now_ms)
end
return #members
