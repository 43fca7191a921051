-- KEYS[1] what is revoked; ARGV: for how many milliseconds, unless it is revoked for longer.
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
    redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
end
return 0
