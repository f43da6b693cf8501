/**
 * What nodes do in Redis, as scripts of Lua: Redis carries out each at one moment. A script answers a list of texts whose
 * first one says what became of it.
 *
 * | key | holds |
 * |---|---|
 * | `parley:version` | the version of this layout |
 * | `parley:server` | the generation of what Redis holds, and since when |
 * | `parley:fence` | the last fencing number |
 * | `parley:nodes` | the ids of nodes |
 * | `parley:node:ID` | the lease of a node: its epoch, and what it says about itself; it expires |
 * | `parley:owner:NAME` | who owns it: id, epoch and fencing number; it counts while the lease with this epoch lives |
 */

/** The version of the layout of the keys. */
export const dataVersion = '1';

/** How long an entry of an owner stays without being renewed, in ms. It is tidiness alone: the lease decides. */
const ownerTime = 3_600_000;

/**
 * Begins each script. What Redis holds has a generation, which is another one after a restart or a loss: entries may be
 * missing or old then. Nothing is given away before the leases that were lost have run out: until then it is settling.
 */
const preamble = (leaseTime: string) => `
	local time = redis.call('TIME')
	local now = time[1] * 1000 + math.floor(time[2] / 1000)
	local text = function (number) return string.format('%.0f', number) end
	local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
	local server = redis.call('HMGET', 'parley:server', 'run', 'since')
	if server[1] ~= run or tonumber(server[2]) > now then
		server = { run, text(now) }
		redis.call('HSET', 'parley:server', 'run', run, 'since', server[2])
		redis.call('SET', 'parley:version', '${dataVersion}', 'NX')
	end
	local generation = run .. ' ' .. server[2]
	local settling = server[2] + ${leaseTime} - now
	local ownerOf = function (name)
		local entry = redis.call('GET', 'parley:owner:' .. name)
		if not entry then return nil end
		local id, epoch, fence = string.match(entry, '^(%S+) (%S+) (%d+)$')
		if redis.call('HGET', 'parley:node:' .. id, 'epoch') ~= epoch then return nil end
		return id, epoch, fence
	end
`;

/** Answers the version of what Redis holds; an empty one gets ours. */
export const version = `
	redis.call('SET', 'parley:version', '${dataVersion}', 'NX')
	return redis.call('GET', 'parley:version')
`;

/** Arguments: id, epoch, the epoch before, what the node says, the time of a lease. Answers ok and the generation; taken; settling. */
export const join = `
	local id, epoch, before, says, leaseTime = unpack(ARGV)
	${preamble('leaseTime')}
	if settling > 0 then return { 'settling' } end
	local key = 'parley:node:' .. id
	local holder = redis.call('HGET', key, 'epoch')
	if holder and holder ~= epoch and holder ~= before then return { 'taken' } end
	redis.call('HSET', key, 'epoch', epoch, 'says', says)
	redis.call('PEXPIRE', key, leaseTime)
	redis.call('SADD', 'parley:nodes', id)
	return { 'ok', generation }
`;

/** Arguments: id, epoch, generation, what the node says, the time of a lease, names that it owns. Answers ok; restarted and the generation; lost. */
export const renew = `
	local id, epoch, known, says, leaseTime = unpack(ARGV, 1, 5)
	${preamble('leaseTime')}
	if generation ~= known then return { 'restarted', generation } end
	local key = 'parley:node:' .. id
	if redis.call('HGET', key, 'epoch') ~= epoch then return { 'lost' } end
	redis.call('HSET', key, 'says', says)
	redis.call('PEXPIRE', key, leaseTime)
	for at = 6, #ARGV do redis.call('PEXPIRE', 'parley:owner:' .. ARGV[at], ${ownerTime}) end
	return { 'ok' }
`;

/**
 * Puts a lease and what hangs on it back after Redis lost it. A node asks it while its lease is valid by its own clock, and
 * knowing the new generation: so it asks after the loss, and nobody can have got anything since.
 *
 * Arguments: id, epoch, generation, what the node says, the time of a lease, then each name with its fencing number.
 * Answers ok; restarted and the generation; lost.
 */
export const restore = `
	local id, epoch, known, says, leaseTime = unpack(ARGV, 1, 5)
	${preamble('leaseTime')}
	if generation ~= known then return { 'restarted', generation } end
	if settling <= 0 then return { 'lost' } end
	local key = 'parley:node:' .. id
	redis.call('HSET', key, 'epoch', epoch, 'says', says)
	redis.call('PEXPIRE', key, leaseTime)
	redis.call('SADD', 'parley:nodes', id)
	for at = 6, #ARGV, 2 do
		local fence = ARGV[at + 1]
		redis.call('SET', 'parley:owner:' .. ARGV[at], id .. ' ' .. epoch .. ' ' .. fence, 'PX', ${ownerTime})
		if (tonumber(redis.call('GET', 'parley:fence')) or 0) < tonumber(fence) then
			redis.call('SET', 'parley:fence', fence)
		end
	end
	return { 'ok' }
`;

/**
 * A fencing number is at least the time in ms, so that it rises even where the last one was lost.
 *
 * Arguments: id, epoch, generation, name, the time of a lease. Answers ok and the fencing number; owned, by whom and their
 * fencing number; lost; settling.
 */
export const claim = `
	local id, epoch, known, name, leaseTime = unpack(ARGV)
	${preamble('leaseTime')}
	if generation ~= known or settling > 0 then return { 'settling' } end
	if redis.call('HGET', 'parley:node:' .. id, 'epoch') ~= epoch then return { 'lost' } end
	local owner, _, theirs = ownerOf(name)
	if owner and owner ~= id then return { 'owned', owner, theirs } end
	local fence = math.max((tonumber(redis.call('GET', 'parley:fence')) or 0) + 1, now)
	redis.call('SET', 'parley:fence', text(fence))
	redis.call('SET', 'parley:owner:' .. name, id .. ' ' .. epoch .. ' ' .. text(fence), 'PX', ${ownerTime})
	return { 'ok', text(fence) }
`;

/** Arguments: id, epoch, name, fencing number. */
export const release = `
	local id, epoch, name, fence = unpack(ARGV)
	local key = 'parley:owner:' .. name
	if redis.call('GET', key) == id .. ' ' .. epoch .. ' ' .. fence then redis.call('DEL', key) end
	return { 'ok' }
`;

/** Arguments: name, the time of a lease. Answers owned, by whom and their fencing number; free; settling. */
export const find = `
	local name, leaseTime = unpack(ARGV)
	${preamble('leaseTime')}
	local owner, _, fence = ownerOf(name)
	if owner then return { 'owned', owner, fence } end
	return { settling > 0 and 'settling' or 'free' }
`;

/** Answers for each node, one behind the other: its id, what it says, and how much of its lease is left, in ms. */
export const list = `
	local nodes = {}
	for _, id in ipairs(redis.call('SMEMBERS', 'parley:nodes')) do
		local key = 'parley:node:' .. id
		local says = redis.call('HGET', key, 'says')
		if says then
			table.insert(nodes, id)
			table.insert(nodes, says)
			table.insert(nodes, tostring(redis.call('PTTL', key)))
		else
			redis.call('SREM', 'parley:nodes', id)
		end
	end
	return nodes
`;

/** Arguments: id, epoch. Whatever the node owned is free. */
export const leave = `
	local id, epoch = unpack(ARGV)
	local key = 'parley:node:' .. id
	if redis.call('HGET', key, 'epoch') == epoch then redis.call('DEL', key) end
	return { 'ok' }
`;
