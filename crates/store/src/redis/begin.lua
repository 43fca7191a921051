-- KEYS[1] the request; ARGV: base, id, fingerprint, caller, lease, bytes, most of a caller, most of all.
-- Returns 0 and the fencing token, 1 in progress, 2 different, 3 and the response, 4 full.
local id, fingerprint, caller = ARGV[2], ARGV[3], ARGV[4]
local lease, bytes = tonumber(ARGV[5]), tonumber(ARGV[6])
local known = call('HMGET', KEYS[1], 'f', 'm', 'e', 'v')
if known[1] and tonumber(known[3]) > now then
    if known[1] ~= fingerprint then
        return {2}
    elseif known[4] then
        return {3, known[4]}
    end
    return {1}
end
if known[2] then
    remove(known[2])
end
sweep()
if not make_room(caller, bytes, tonumber(ARGV[7]), tonumber(ARGV[8])) then
    return {4}
end
-- Greater than the last token, whatever the clock does; and than those before, if they are lost.
local fence = math.max(call('INCR', base .. 'fence'), micros)
fence = string.format('%.0f', fence)
call('SET', base .. 'fence', fence, 'PX', 30 * 24 * 60 * 60 * 1000)
local member = id .. caller .. 'p' .. ARGV[6]
call('HSET', KEYS[1], 'f', fingerprint, 'n', fence, 'm', member, 'e', string.format('%.0f', now + lease))
call('PEXPIRE', KEYS[1], string.format('%.0f', lease + grace))
enlist(member, lease)
return {0, fence}
