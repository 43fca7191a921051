-- Makes all keys that match ARGV[1] older by ARGV[2] milliseconds, as if the clock had advanced.
local time = tonumber(ARGV[2])
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
    local left = redis.call('PTTL', key)
    if key:sub(-6) ~= ':fence' then
        if left <= time then
            redis.call('DEL', key)
        else
            if key:find(':l:', 1, true) then
                local used_until = tonumber(redis.call('GET', key)) - time * 8000
                redis.call('SET', key, string.format('%.0f', used_until))
            elseif key:find(':r:', 1, true) then
                redis.call('HINCRBY', key, 'e', -time)
            elseif key:sub(-5) == ':ends' or key:find(':c:', 1, true) then
                for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
                    redis.call('ZINCRBY', key, -time, member)
                end
            end
            redis.call('PEXPIRE', key, left - time)
        end
    end
end
return 0
