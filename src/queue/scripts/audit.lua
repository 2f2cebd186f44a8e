-- Looks whether the first job of a session's line waits for anything at all; one that does not is given its turn. Returns 1 then.
local job = KEYS[1]
local base, tenant, id, session, now_ms = unpack(ARGV)
local name = tenant .. '|' .. session
if redis.call('LINDEX', line_key(base, tenant, session), 0) ~= id then return 0 end
if redis.call('ZSCORE', base .. 'admitted', tenant .. '|' .. id) then return 0 end
if redis.call('ZSCORE', base .. 'ready:' .. tenant, session) and redis.call('ZSCORE', base .. 'ring', tenant) then return 0 end
if redis.call('ZSCORE', base .. 'settling', name) then return 0 end
local held_under = redis.call('HGET', job, 'heldUnder')
if held_under and redis.call('ZSCORE', held_under, name) then return 0 end
give_turn(base, tenant, session, now_ms)
return 1
