-- Applies a batch, all or nothing. Redis runs a script alone and puts all that it writes into its log as one transaction.
--
-- KEYS: the index, the counter, then the real key of each key of the batch: first those with an expected version, in order.
-- ARGV: bytes before the key in a real key; 'plain' where the key alone, without slash, is read too; then for each key three:
--   the expected version or '', 'put', 'delete' or '', and for a put the wrapper up to its version.
-- Answers {'committed', version}, {'refused', number of the key, its version} or {'broken', what happened after a write}.

-- As StoredForm: our versions are microseconds since 1970; whatever another program wrote is told by its hash.
local function version(raw)
    if not raw then
        return '0'
    end
    if string.sub(raw, 1, 8) == '{"Key":"' then
        local own = string.match(string.sub(raw, -48), '","LastIndex":(%d+)}$')
        if own and #own >= 13 and #own <= 18 then
            return own
        end
    end
    return '-' .. string.format('%.0f', tonumber(string.sub(redis.sha1hex(raw), 1, 12), 16) + 1)
end

local prefix = tonumber(ARGV[1])
local plain = ARGV[2] == 'plain'
local count = #KEYS - 2

local function member(i)
    return string.sub(KEYS[i + 2], prefix + 1)
end

local function current(i)
    local raw = redis.pcall('GET', KEYS[i + 2])
    if plain and not raw then
        raw = redis.pcall('GET', member(i))
    end
    return type(raw) == 'string' and raw -- a value of another type is none of ours
end

-- First what could fail for a wrong type, before anything is written.
redis.call('ZCARD', KEYS[1])
local last = tonumber(redis.call('GET', KEYS[2]) or '0')

for i = 1, count do
    local expected = ARGV[i * 3]
    if expected ~= '' then
        local actual = version(current(i))
        if actual ~= expected then
            return {'refused', tostring(i), actual}
        end
    end
end

-- Rises for ever, also when the counter was lost or the data went back in time.
local now = redis.call('TIME')
local next = string.format('%.0f', math.max(last + 1, tonumber(now[1]) * 1000000 + tonumber(now[2])))

-- The first write is where a server says that it takes none; nothing is changed then. Deletes need no version, and must
-- work when memory is short.
for i = 1, count do
    if ARGV[i * 3 + 1] == 'put' then
        redis.call('SET', KEYS[2], next)
        break
    end
end

local function write()
    for i = 1, count do
        local what = ARGV[i * 3 + 1]
        if what == 'put' then
            redis.call('ZADD', KEYS[1], 0, member(i))
            redis.call('SET', KEYS[i + 2], ARGV[i * 3 + 2] .. next .. '}')
            if plain then
                redis.call('DEL', member(i))
            end
        elseif what == 'delete' then
            redis.call('DEL', KEYS[i + 2])
            if plain then
                redis.call('DEL', member(i))
            end
            redis.call('ZREM', KEYS[1], member(i))
        end
    end
end

local done, failure = pcall(write)
if not done then
    return {'broken', type(failure) == 'table' and failure.err or tostring(failure)}
end
return {'committed', next}
