// The two scripts that run inside the server: one charges all counters of a call or none, one gives them back.
//
// A script runs alone but is no transaction: what it wrote before an error stays. So each reads and checks all that
// it needs before its first write. Lua's numbers are doubles: amounts, up to 10^24 billionths, are pairs of fifteen
// digits.
//
// Keys: the clock, then one for each counter. The clock is a hash of `at`, the time of the last counted call, and
// `epoch`, a name that it is given when it is made: what was charged before the server lost its data is not given
// back after. A counter is a hash of `start`, its window's, and `used`.

import { createHash } from "node:crypto";

const AMOUNTS = `
local HALF = 1e15

local function amount(digits)
  if type(digits) ~= 'string' or #digits > 30 or not string.find(digits, '^%d+$') then
    error('gatewright: a counter holds what is no amount')
  end
  return { high = tonumber(string.sub(digits, 1, -16)) or 0, low = tonumber(string.sub(digits, -15)) }
end

local function digits(a)
  if a.high == 0 then return string.format('%.0f', a.low) end
  return string.format('%.0f%015.0f', a.high, a.low)
end

local function plus(a, b)
  local low = a.low + b.low
  local carry = low >= HALF and 1 or 0
  return { high = a.high + b.high + carry, low = low - carry * HALF }
end

local function fits(a, b)
  return a.high < b.high or (a.high == b.high and a.low <= b.low)
end

local function minus(a, b)
  if fits(a, b) then return { high = 0, low = 0 } end
  local borrow = a.low < b.low and 1 or 0
  return { high = a.high - b.high - borrow, low = a.low - b.low + borrow * HALF }
end

local function whole(number)
  return string.format('%.0f', number)
end

local function time(text)
  return tonumber(text) or error('gatewright: the clock holds what is no time')
end
`;

// ARGV: the time, or nothing for the server's own; the epoch of a new clock; 1 to charge, 0 to read only; then window,
// max and cost of each counter. Answers: 1 where it charged; the time; the epoch; what each counter held.
const CHARGE = `${AMOUNTS}
local DAY = 86400000
local clock = redis.call('HMGET', KEYS[1], 'at', 'epoch')
local server = redis.call('TIME')
local now = tonumber(server[1]) * 1000 + math.floor(tonumber(server[2]) / 1000)
local given = ARGV[1] ~= ''
local at = given and time(ARGV[1]) or now
if clock[1] then at = math.max(at, time(clock[1])) end
local epoch = clock[2] or ARGV[2]

local charging = ARGV[3] == '1'
local answer = { 0, whole(at), epoch }
local counters = {}
for index = 2, #KEYS do
  local first = 3 * index - 2
  local window, max, cost = time(ARGV[first]), amount(ARGV[first + 1]), amount(ARGV[first + 2])
  local start = at - at % window
  local held = redis.call('HMGET', KEYS[index], 'start', 'used')
  local used = amount('0')
  if held[1] == whole(start) then used = amount(held[2]) end
  local total = plus(used, cost)
  if not fits(total, max) or (max.high == 0 and max.low == 0) then charging = false end
  -- One window more than its own, so that a server whose clock steps back finds it again.
  counters[index] = { start = whole(start), total = digits(total), gone = whole(start + 2 * window) }
  answer[index + 2] = digits(used)
end
if not charging then return answer end

-- Times that are given say nothing of the server's, by which keys end.
local last = given and now + 2 * DAY or at + 2 * DAY
for index = 2, #KEYS do
  local counter = counters[index]
  redis.call('HSET', KEYS[index], 'start', counter.start, 'used', counter.total)
  redis.call('PEXPIREAT', KEYS[index], given and whole(last) or counter.gone)
end
redis.call('HSET', KEYS[1], 'at', whole(at), 'epoch', epoch)
redis.call('PEXPIREAT', KEYS[1], whole(last))
answer[1] = 1
return answer
`;

// ARGV: the time of the charge, its epoch, then window and cost of each counter. Answers 1 where it gave any back: the
// window that was charged is still the counter's, and has not ended.
const REFUND = `${AMOUNTS}
local clock = redis.call('HMGET', KEYS[1], 'at', 'epoch')
if clock[2] ~= ARGV[2] then return 0 end
local last, at = time(clock[1]), time(ARGV[1])
local open = {}
for index = 2, #KEYS do
  local window, cost = time(ARGV[2 * index - 1]), amount(ARGV[2 * index])
  local start = at - at % window
  local held = redis.call('HMGET', KEYS[index], 'start', 'used')
  if held[1] == whole(start) and last < start + window then
    open[#open + 1] = { key = KEYS[index], left = digits(minus(amount(held[2]), cost)) }
  end
end
for _, counter in ipairs(open) do redis.call('HSET', counter.key, 'used', counter.left) end
return #open > 0 and 1 or 0
`;

/** @typedef {{ text: string, sha1: string }} Script */

/** @returns {Script} */
function script(text) {
  return { text, sha1: createHash("sha1").update(text).digest("hex") };
}

export const charge = script(CHARGE);
export const refund = script(REFUND);
