-- What the scripts of idempotency keys share; it is put before each of them.
--
-- ARGV[1] is what every key of this part of the store begins with, and has the tag that puts them into one slot of a cluster:
--   r:ID      a request: hash of f(ingerprint), n (fencing token), m(ember), e(nd), v (response, once it is completed)
--   ends      all requests by their end: sorted set of members
--   c:CALLER  the responses of a caller by their end: sorted set of members
--   la, lk    anonymous and identified callers by the bytes of their responses
--   shares    the bytes of each caller's requests: hash
--   total     the bytes of all requests
--   fence     the last fencing token
-- A member is ID (64), CALLER (65, `a` or `k` first), `p` or `c` for in progress or completed, and the bytes.
local base = ARGV[1]
local call = redis.call
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)

-- How long a request stays known after its end, in milliseconds: a late response is stored as long as no other attempt has begun.
local grace = 60000

-- Lets a list live as long as a request that ends after so many milliseconds.
local function keep(key, lifetime)
    if call('PTTL', key) < lifetime + grace then
        call('PEXPIRE', key, string.format('%.0f', lifetime + grace))
    end
end

local function part(member)
    return member:sub(1, 64), member:sub(65, 129), member:sub(130, 130), tonumber(member:sub(131))
end

local function list(caller)
    return base .. (caller:sub(1, 1) == 'a' and 'la' or 'lk')
end

-- Removes a request from all lists.
local function unlist(member)
    if call('ZREM', base .. 'ends', member) == 0 then
        return
    end
    local _, caller, state, bytes = part(member)
    if call('HINCRBY', base .. 'shares', caller, -bytes) <= 0 then
        call('HDEL', base .. 'shares', caller)
    end
    call('DECRBY', base .. 'total', bytes)
    if state == 'c' then
        call('ZREM', base .. 'c:' .. caller, member)
        if tonumber(call('ZINCRBY', list(caller), -bytes, caller)) <= 0 then
            call('ZREM', list(caller), caller)
        end
    end
end

local function enlist(member, lifetime)
    local _, caller, state, bytes = part(member)
    local ends = string.format('%.0f', now + lifetime)
    local function add(key)
        call('ZADD', key, ends, member)
        keep(key, lifetime)
    end
    add(base .. 'ends')
    call('HINCRBY', base .. 'shares', caller, bytes)
    keep(base .. 'shares', lifetime)
    call('INCRBY', base .. 'total', bytes)
    keep(base .. 'total', lifetime)
    if state == 'c' then
        add(base .. 'c:' .. caller)
        call('ZINCRBY', list(caller), bytes, caller)
        keep(list(caller), lifetime)
    end
end

local function remove(member)
    unlist(member)
    call('DEL', base .. 'r:' .. member:sub(1, 64))
end

-- Removes requests that have ended, at most so many.
local function sweep()
    for _, member in ipairs(call('ZRANGEBYSCORE', base .. 'ends', '-inf', now, 'LIMIT', 0, 32)) do
        remove(member)
    end
end

-- Evicts responses until a caller may take so many bytes more; returns whether it may.
local function make_room(caller, bytes, most_of_caller, most)
    local function taken()
        return tonumber(call('HGET', base .. 'shares', caller) or 0)
    end
    while taken() + bytes > most_of_caller do
        local oldest = call('ZRANGE', base .. 'c:' .. caller, 0, 0)[1]
        if not oldest then
            return false
        end
        remove(oldest)
    end
    while tonumber(call('GET', base .. 'total') or 0) + bytes > most do
        local largest = call('ZREVRANGE', base .. 'la', 0, 0)[1]
        if not largest and caller:sub(1, 1) == 'k' then
            largest = call('ZREVRANGE', base .. 'lk', 0, 0)[1]
        end
        local oldest = largest and call('ZRANGE', base .. 'c:' .. largest, 0, 0)[1]
        if not oldest then
            return false
        end
        remove(oldest)
    end
    return true
end
