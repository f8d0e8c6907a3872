-- Fails where the user may not do what commits do; a commit that found out half-way would not be all or nothing.
redis.call('TIME')
redis.call('SET', KEYS[1], '')
redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
redis.call('ZADD', KEYS[1], 0, '')
redis.call('ZCARD', KEYS[1])
redis.call('ZRANGEBYLEX', KEYS[1], '-', '+', 'LIMIT', 0, 1)
redis.call('ZREM', KEYS[1], '')
return 'may'
