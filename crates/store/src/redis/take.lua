-- KEYS clients; ARGV: the interval and the window of each. Times are ticks of 125 ns, from 2025 on: whole numbers that a
-- number of Lua holds without rounding, until 2060.
-- Returns for each client the time for which its quota is used, and how long a request that was not taken has to wait.
local time = redis.call('TIME')
local now = ((time[1] - 1735689600) * 1000000 + time[2]) * 8
local result = {}
for i, key in ipairs(KEYS) do
    local interval, window = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local used_until = tonumber(redis.call('GET', key) or now)
    -- A clock that was set back does not lengthen the wait.
    used_until = math.min(math.max(used_until, now), now + window)
    local ahead = used_until + interval - now
    if ahead > window then
        result[#result + 1] = used_until - now
        result[#result + 1] = ahead - window
        break
    end
    redis.call('SET', key, string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 8000))
    result[#result + 1] = ahead
    result[#result + 1] = 0
end
return result
