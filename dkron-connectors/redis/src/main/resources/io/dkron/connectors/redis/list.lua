-- A page of entries, in the order of their keys' bytes.
--
-- KEYS: the index. ARGV: what stands before the key in a real key; 'plain' where the key alone, without slash, is read too;
--   lower and upper bound as ZRANGEBYLEX takes them; most entries; bytes of values after which the page ends early.
-- Answers '1' where more entries follow, else '0'; then key and value of each entry.
local plain = ARGV[2] == 'plain'
local from = ARGV[3]
local limit = tonumber(ARGV[5])
local room = tonumber(ARGV[6])
local answer = {'0'}
local found = 0

local function value(key)
    local raw = redis.pcall('GET', key)
    return type(raw) == 'string' and raw
end

while true do
    local members = redis.call('ZRANGEBYLEX', KEYS[1], from, ARGV[4], 'LIMIT', 0, math.min(limit - found + 1, 500))
    if #members == 0 then
        return answer
    end
    for _, member in ipairs(members) do
        local raw = value(ARGV[1] .. member) or plain and value(member)
        if not raw then
            redis.pcall('ZREM', KEYS[1], member) -- expired, or another program deleted it
        elseif found == limit or found > 0 and room < #raw then
            answer[1] = '1'
            return answer
        else
            room = room - #raw
            found = found + 1
            answer[#answer + 1] = member
            answer[#answer + 1] = raw
        end
    end
    from = '(' .. members[#members]
end
