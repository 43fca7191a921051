-- KEYS[1] the request; ARGV: base, fencing token.
local known = call('HMGET', KEYS[1], 'n', 'm', 'v')
if known[1] == ARGV[2] and not known[3] then
    remove(known[2])
end
return 0
