-- How jobs wait for their turn; put before the scripts that change whose turn it is.
--
-- The turn of a session belongs to the first job of its line. That job competes for a start (`ready`, `ring`), or is let in
-- (`admitted`), or is held back: by the clock (`scheduled`), by a closed gate (`parked:<gate>`), or because what the job before it
-- did on the backend has not come to rest (`settling`). All but the first wait behind it. Why a job waits stands in its `gate`.

-- 2^40 places for each step of priority keep the score an exact integer.
local PRIORITY_STEP = 1099511627776

local function job_key(base, tenant, id) return base .. 'job:' .. tenant .. ':' .. id end
local function line_key(base, tenant, session) return base .. 'line:' .. tenant .. ':' .. session end
local function session_key(base, tenant, session) return base .. 'session:' .. tenant .. ':' .. session end

-- Makes a session, unless there is one.
local function make_session(base, tenant, session, now_ms, skill, metadata)
  local key = session_key(base, tenant, session)
  if redis.call('HSETNX', key, 'createdAtMs', now_ms) == 0 then return end
  redis.call('HSET', key, 'skill', skill, 'metadata', metadata)
  -- Sessions expire, their names here do not. Three looked at for each one that is added keep at least two of three alive.
  local index = base .. 'index:' .. tenant .. ':sessions'
  redis.call('ZADD', index, 0, session)
  for _, id in ipairs(redis.call('ZRANDMEMBER', index, 3)) do
    if redis.call('EXISTS', session_key(base, tenant, id)) == 0 then redis.call('ZREM', index, id) end
  end
end

local function add_event(base, tenant, id, event)
  redis.call('XADD', base .. 'events:' .. tenant .. ':' .. id, 'MAXLEN', '~', 2000, '*', 'event', event)
  redis.call('PUBLISH', base .. 'live', tenant .. '|' .. id)
end

-- The status that callers see, by which jobs are indexed.
local function shown_status(job)
  local fields = redis.call('HMGET', job, 'status', 'gate')
  return fields[2] and 'waiting' or fields[1]
end

local function reindex(base, tenant, id, before, after)
  if before == after then return end
  if before then redis.call('ZREM', base .. 'index:' .. tenant .. ':' .. before, id) end
  redis.call('ZADD', base .. 'index:' .. tenant .. ':' .. after, 0, id)
end

-- Says why a job waits (JSON, as callers see it), or '' that it does not any more.
local function set_gate(base, tenant, id, gate)
  local job = job_key(base, tenant, id)
  local was = redis.call('HGET', job, 'gate') or ''
  if was == gate then return end
  local before = shown_status(job)
  if gate == '' then
    redis.call('HDEL', job, 'gate')
  else
    redis.call('HSET', job, 'gate', gate)
    add_event(base, tenant, id, '{"type":"job.waiting","waiting":' .. gate .. '}')
  end
  reindex(base, tenant, id, before, shown_status(job))
end

-- Holds the first job of a session back, until what is held under this key is released, or the job ends.
local function hold(base, holding, score, tenant, session, gate)
  redis.call('ZADD', holding, score, tenant .. '|' .. session)
  local id = redis.call('LINDEX', line_key(base, tenant, session), 0)
  if not id then return end
  redis.call('HSET', job_key(base, tenant, id), 'heldUnder', holding)
  set_gate(base, tenant, id, gate)
end

-- The same, under a gate by its name.
local function hold_at_gate(base, gate, now_ms, tenant, session, waiting)
  redis.call('SADD', base .. 'parked-gates', gate)
  hold(base, base .. 'parked:' .. gate, now_ms, tenant, session, waiting)
end

-- Lets the first job of a session compete for a start, or wait for its time.
local function give_turn(base, tenant, session, now_ms)
  local id = redis.call('LINDEX', line_key(base, tenant, session), 0)
  if not id then return end
  local fields = redis.call('HMGET', job_key(base, tenant, id), 'priority', 'sequence', 'runAfterMs', 'scheduledGate')
  if fields[3] and tonumber(fields[3]) > tonumber(now_ms) then
    return hold(base, base .. 'scheduled', fields[3], tenant, session, fields[4])
  end
  redis.call('HDEL', job_key(base, tenant, id), 'heldUnder')
  set_gate(base, tenant, id, '')
  redis.call('ZADD', base .. 'ready:' .. tenant, fields[2] - fields[1] * PRIORITY_STEP, session)
  redis.call('ZADD', base .. 'ring', 'NX', redis.call('GET', base .. 'virtual-time') or 0, tenant)
end

-- The account that sessions are made with now is the newest of those known.
local function note_account(base, account, now_ms)
  redis.call('ZADD', base .. 'accounts', now_ms, account)
  redis.call('ZREMRANGEBYRANK', base .. 'accounts', 0, -101)
end

-- A job that was let in gives its place back.
local function leave(base, tenant, id)
  if redis.call('ZREM', base .. 'admitted', tenant .. '|' .. id) == 0 then return end
  if redis.call('HINCRBY', base .. 'load', tenant, -1) <= 0 then redis.call('HDEL', base .. 'load', tenant) end
  if redis.call('EXISTS', base .. 'ready:' .. tenant) == 1 then
    redis.call('ZADD', base .. 'ring', 'NX', redis.call('GET', base .. 'virtual-time') or 0, tenant)
  end
end
