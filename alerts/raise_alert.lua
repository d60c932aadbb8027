-- Decides what becomes of one violation message and appends it to the shard's stream,
-- in one step: whoever asks twice gets one entry.
--
-- KEYS  1 stream  2 positions forwarded, by spool  3 the violation  4 its place and code
--       (only 1 and 2: a pack, appended once)
-- ARGV  1 spool  2 position  3 1: append whatever is known  4 message
--       5 violation  6 source  7 lease epoch  8 seq  9 life  10 phase  11 severity
--       12 media time, ms  13 cooldown, ms  14 seconds a finished one is remembered
-- answer  {decision, alert, telling, held}
--
-- The violation: a alert, e epoch, q seq, l life, p phase.
-- The place: a alert, t media time last told (ms), d alert known to be due, g alert told
-- as S1, and one field s:<source> with its violation per source that is still there.

local spool, position, again = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'

local function append(decision, alert, telling, held)
  redis.call('XADD', KEYS[1], '*', 'kind', decision, 'spool', spool,
    'position', ARGV[2], 'alert', alert, 'telling', telling, 'held', held,
    'message', ARGV[4])
  redis.call('HSET', KEYS[2], spool, ARGV[2])
  return {decision, alert, telling, held}
end

if not again then
  local sent = tonumber(redis.call('HGET', KEYS[2], spool) or '0')
  if position <= sent then
    return {'resent', '', '', ''}
  end
end

if #KEYS == 2 then
  return append('pack', ARGV[5], '', '')
end

local violation, source = ARGV[5], 's:' .. ARGV[6]
local epoch, seq = tonumber(ARGV[7]), tonumber(ARGV[8])
local life, phase, severity = ARGV[9], ARGV[10], ARGV[11]
local at, cooldown, keep = tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])

local known = redis.call('HMGET', KEYS[3], 'a', 'e', 'q', 'l', 'p')
local alert, was_life, was_phase = known[1], known[4], known[5]
if alert and not again then
  local was_epoch, was_seq = tonumber(known[2]), tonumber(known[3])
  if epoch < was_epoch then
    return append('suppressed', alert, '', 'older_lease')
  end
  if epoch == was_epoch and seq <= was_seq then
    return append('suppressed', alert, '', 'duplicate')
  end
end

local place = redis.call('HMGET', KEYS[4], 'a', 't', 'd', 'g')
local place_alert, told, known_due, told_grave = place[1], place[2], place[3], place[4]
local others = redis.call('HLEN', KEYS[4])
for i = 1, 4 do
  if place[i] then others = others - 1 end
end
-- what this source held before is over: the same slot began anew
local holder = redis.call('HGET', KEYS[4], source)
if holder then others = others - 1 end

local is_new = not alert
local merged = false
if is_new then
  merged = place_alert and others > 0
  alert = merged and place_alert or violation
end

local is_live = life ~= 'cleared'
redis.call('HSET', KEYS[3], 'a', alert, 'e', ARGV[7], 'q', ARGV[8], 'l', life, 'p', phase)
if is_live then
  redis.call('PERSIST', KEYS[3])
  if others == 0 or not place_alert then
    redis.call('HSET', KEYS[4], 'a', alert)
  end
  redis.call('HSET', KEYS[4], source, violation)
  redis.call('PERSIST', KEYS[4])
else
  redis.call('EXPIRE', KEYS[3], keep)
  if holder == violation then
    redis.call('HDEL', KEYS[4], source)
  end
  if others == 0 and (not holder or holder == violation) then
    redis.call('EXPIRE', KEYS[4], keep)
  end
end

-- what of this step is worth telling somebody, and whether it may pass the cooldown
local telling, held, urgent = '', '', false
if is_live then
  if is_new then
    telling = 'opened'
  elseif was_life == 'cleared' then
    telling = 'reopened'
  elseif was_phase == 'grace' and phase == 'due' then
    telling = 'due'
  elseif life == 'persisting' then
    telling = 'persisting'
  end
  if phase == 'due' and known_due ~= alert and (merged or was_phase == 'grace') then
    telling, urgent = 'due', true
  end
  if severity == 'S1' and told_grave ~= alert then
    telling, urgent = telling ~= '' and telling or 'escalated', true
  end
end
if telling ~= '' and not urgent then
  if merged or (telling == 'due' and known_due == alert) then
    held = 'merged'
  elseif told and math.abs(at - tonumber(told)) < cooldown then
    held = 'cooldown'
  end
end

if is_live and phase == 'due' then
  redis.call('HSET', KEYS[4], 'd', alert)
end
if telling ~= '' and held == '' then
  redis.call('HSET', KEYS[4], 't', ARGV[12])
  if severity == 'S1' then redis.call('HSET', KEYS[4], 'g', alert) end
end
return append('raised', alert, telling, held)
