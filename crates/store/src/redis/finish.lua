-- KEYS[1] the request; ARGV: base, id, fencing token, response, keep, bytes, most of a caller, most of all.
-- Returns 0 stored, 1 lease lost, 2 full.
local lifetime, bytes = tonumber(ARGV[5]), tonumber(ARGV[6])
local known = call('HMGET', KEYS[1], 'n', 'm', 'v')
if known[1] ~= ARGV[3] or known[3] then
    return 1
end
local _, caller = part(known[2])
unlist(known[2])
sweep()
if not make_room(caller, bytes, tonumber(ARGV[7]), tonumber(ARGV[8])) then
    call('DEL', KEYS[1])
    return 2
end
local member = ARGV[2] .. caller .. 'c' .. ARGV[6]
call('HSET', KEYS[1], 'm', member, 'e', string.format('%.0f', now + lifetime), 'v', ARGV[4])
call('PEXPIRE', KEYS[1], string.format('%.0f', lifetime))
enlist(member, lifetime)
return 0
