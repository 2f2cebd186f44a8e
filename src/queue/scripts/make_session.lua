-- Makes a session that no job has used yet. An id that exists changes nothing.
local key = KEYS[1]
local base, tenant, session, now_ms, skill, metadata, retention_s = unpack(ARGV)
if redis.call('EXISTS', key) == 1 then return 0 end
make_session(base, tenant, session, now_ms, skill, metadata)
redis.call('EXPIRE', key, retention_s)
return 1
