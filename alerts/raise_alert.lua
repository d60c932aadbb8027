-- Decides what becomes of one violation message and appends it to the shard's stream,
-- in one step: whoever asks twice gets one entry.
--
-- KEYS  1 stream  2 positions forwarded, by spool  3 the violation  4 its place and code
--       5 the camera's flood  6 the group a flood becomes
--       (only 1 and 2: a pack, appended once)
-- ARGV  1 spool  2 position  3 1: append whatever is known
--       4 position of the spool that was given before this one and must be known  5 message
--       6 violation  7 source  8 lease epoch  9 seq  10 life  11 phase  12 severity
--       13 media time, ms  14 cooldown, ms  15 seconds a finished one is remembered
--       16 new alerts of a camera within FLOOD_MS beyond which they are one group
-- answer  {decision, alert, telling, held}; gap: this server lost what came before, as
--       a replica does that was promoted before it had everything; nothing is appended
--
-- The violation: a alert, e epoch, q seq, l life, p phase, f 1: it came in a flood, g told
-- as S1 (only in a flood).
-- The place, and the group: a alert, t media time last told (ms), d alert known to be
-- due, g alert told as S1, and one field s:<source> with its violation per source that is
-- still there.
-- The flood: w media time of its first alert (ms), n alerts since, a the first one, j
-- media time one last joined (only while the flood lasts).

local FLOOD_MS, GROUP_MAX = 60000, 1000

local spool, position, again = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'

local function append(decision, alert, telling, held)
  redis.call('XADD', KEYS[1], '*', 'kind', decision, 'spool', spool,
    'position', ARGV[2], 'alert', alert, 'telling', telling, 'held', held,
    'message', ARGV[5])
  redis.call('HSET', KEYS[2], spool, ARGV[2])
  return {decision, alert, telling, held}
end

local sent = tonumber(redis.call('HGET', KEYS[2], spool) or '0')
if sent < tonumber(ARGV[4]) then
  return {'gap', '', '', ''}
end
if position <= sent and not again then
  return {'resent', '', '', ''}
end

if #KEYS == 2 then
  return append('pack', ARGV[6], '', '')
end

local violation, source = ARGV[6], 's:' .. ARGV[7]
local epoch, seq = tonumber(ARGV[8]), tonumber(ARGV[9])
local life, phase, severity = ARGV[10], ARGV[11], ARGV[12]
local at, cooldown, keep = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])

local known = redis.call('HMGET', KEYS[3], 'a', 'e', 'q', 'l', 'p', 'f', 'g')
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

local is_new, is_live, is_grave = not alert, life ~= 'cleared', severity == 'S1'
local is_flood = known[6] == '1'
local place_key = is_flood and KEYS[6] or KEYS[4]

local place, others, holder
local function look_at(key)
  place_key = key
  place = redis.call('HMGET', key, 'a', 't', 'd', 'g')
  others = redis.call('HLEN', key)
  for i = 1, 4 do
    if place[i] then others = others - 1 end
  end
  -- what this source held before is over: the same slot began anew
  holder = redis.call('HGET', key, source)
  if holder then others = others - 1 end
end
look_at(place_key)

-- Counts a new alert of the camera; gives the alert it joins when there are too many.
local function flood_joined()
  local was = redis.call('HMGET', KEYS[5], 'w', 'n', 'a', 'j')
  local began, count, first = tonumber(was[1]), tonumber(was[2]), was[3]
  local since = tonumber(was[4] or was[1])
  if not began or math.abs(at - since) >= FLOOD_MS or count >= GROUP_MAX then
    redis.call('DEL', KEYS[5])
    redis.call('HSET', KEYS[5], 'w', ARGV[13], 'n', 1, 'a', violation)
    redis.call('EXPIRE', KEYS[5], keep)
    return false
  end
  redis.call('HSET', KEYS[5], 'n', count + 1)
  if count < tonumber(ARGV[16]) then return false end
  if not was[4] then
    redis.call('HSET', KEYS[6], 'a', first, 't', was[1])
  end
  redis.call('HSET', KEYS[5], 'j', ARGV[13])
  return first
end

local merged = false
if is_new then
  merged = place[1] and others > 0
  alert = merged and place[1] or violation
  local joined = is_live and not is_grave and not merged and flood_joined()
  if joined then
    if holder then redis.call('HDEL', KEYS[4], source) end
    look_at(KEYS[6])
    alert, merged, is_flood = joined, true, true
    redis.call('HSET', KEYS[3], 'f', 1)
  end
elseif is_grave and redis.call('HGET', KEYS[5], 'a') == alert then
  redis.call('DEL', KEYS[5])  -- nothing joins a danger to life
end
local place_alert, told, known_due = place[1], place[2], place[3]
local told_grave = place[4]
if is_flood then told_grave = known[7] end

redis.call('HSET', KEYS[3], 'a', alert, 'e', ARGV[8], 'q', ARGV[9], 'l', life, 'p', phase)
if is_live then
  redis.call('PERSIST', KEYS[3])
  if others == 0 or not place_alert then
    redis.call('HSET', place_key, 'a', alert)
  end
  redis.call('HSET', place_key, source, violation)
  redis.call('PERSIST', place_key)
else
  redis.call('EXPIRE', KEYS[3], keep)
  if holder == violation then
    redis.call('HDEL', place_key, source)
  end
  if others == 0 and (not holder or holder == violation) then
    redis.call('EXPIRE', place_key, keep)
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
  if is_grave and told_grave ~= alert then
    telling, urgent = telling ~= '' and telling or 'escalated', true
  end
end
if telling ~= '' and not urgent then
  if is_flood and is_new then
    held = 'flood'
  elseif merged or (telling == 'due' and known_due == alert) then
    held = 'merged'
  elseif told and math.abs(at - tonumber(told)) < cooldown then
    held = 'cooldown'
  end
end

if is_live and phase == 'due' then
  redis.call('HSET', place_key, 'd', alert)
end
if telling ~= '' and held == '' then
  redis.call('HSET', place_key, 't', ARGV[13])
  if is_grave then
    redis.call('HSET', is_flood and KEYS[3] or place_key, 'g', alert)
  end
end
return append('raised', alert, telling, held)
