import { rmSync } from 'node:fs';
import { createClient } from '@redis/client';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { checkRedis } from '../../sfu/doctor/redis.ts';
import { diagnose, found } from '../support/doctorCommand.ts';
import { freePort } from '../support/ports.ts';
import { RedisServer } from '../support/redis.ts';
import { serviceFolder, settingsOnLoopback } from '../support/serviceProcess.ts';

let redis: RedisServer;
const folder = serviceFolder();
beforeAll(async () => {
	redis = await RedisServer.start();
});
afterAll(async () => {
	await redis?.close();
	rmSync(folder, { recursive: true, force: true });
});

/** What the doctor finds out about the Redis at this address. */
const aboutRedis = (url: string) => checkRedis({ config: { redis: { url } } });

/** Has an operator tell Redis this. */
async function tell(...command: string[]): Promise<void> {
	const client = createClient({ url: redis.url });
	await client.connect();
	await client.sendCommand(command);
	client.destroy();
}

const asItWas = [
	['CONFIG', 'SET', 'maxmemory-policy', 'noeviction'],
	['CONFIG', 'SET', 'maxmemory', '0'],
	['REPLICAOF', 'NO', 'ONE'],
];
afterEach(async () => {
	for (const command of asItWas) await tell(...command);
});

test('without redis.url the doctor says nothing about Redis', async () => {
	expect(await aboutRedis('')).toEqual([]);
});

test('the doctor finds a Redis that is well, its version and its clock', async () => {
	const found = await aboutRedis(redis.url);
	// A busy machine may make it slow, which is a warning.
	expect(found.map(({ state }) => state)).not.toContain('failed');
	expect(found[0]?.seen).toContain(`the Redis at 127.0.0.1:${redis.port}`);
	expect(found.at(-1)?.seen).toBe('The clocks of this machine and of Redis agree.');
});

test('the doctor names a Redis that drops data when it is full, and one that nearly is', async () => {
	await tell('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
	await tell('CONFIG', 'SET', 'maxmemory', '1200000');
	const [policy, memory] = await aboutRedis(redis.url);
	expect(policy).toMatchObject({ state: 'failed' });
	expect(policy?.seen).toContain('maxmemory-policy is allkeys-lru');
	expect(policy?.fix).toContain('noeviction');
	expect(memory).toMatchObject({ state: 'warning' });
	expect(memory?.seen).toMatch(/has used \d+ % of its memory/);
});

test('the doctor names a Redis that only repeats another one', async () => {
	await tell('REPLICAOF', '127.0.0.1', String(await freePort()));
	const [replica] = await aboutRedis(redis.url);
	expect(replica).toMatchObject({ state: 'failed' });
	expect(replica?.fix).toContain('redis.url');
});

test('the doctor names a wrong password, an address where no Redis is, and one that does not resolve', async () => {
	const [nowhere] = await aboutRedis(`redis://127.0.0.1:${await freePort()}`);
	expect(nowhere).toMatchObject({ state: 'failed' });
	expect(nowhere?.seen).toContain('no Redis listens there');
	const [unknown] = await aboutRedis('redis://redis.invalid:6379');
	expect(unknown?.seen).toMatch(/there is no such host|cannot be looked up/);

	await tell('CONFIG', 'SET', 'requirepass', 'right');
	try {
		const [wrong] = await aboutRedis(`redis://:wrong@127.0.0.1:${redis.port}`);
		expect(wrong?.seen).toContain('the user name or the password is wrong');
		expect(JSON.stringify(wrong)).not.toContain('wrong@');
	} finally {
		const client = createClient({ url: `redis://:right@127.0.0.1:${redis.port}` });
		await client.connect();
		await client.sendCommand(['CONFIG', 'SET', 'requirepass', '']);
		client.destroy();
	}
});

test('without a service the doctor tries the ports of the workers that the node would lend, too', async () => {
	const settings = await settingsOnLoopback();
	const diagnosis = await diagnose({
		...settings,
		PARLEY_DATA_DIR: folder,
		PARLEY_REDIS_URL: redis.url,
		PARLEY_NODE_LENTWORKERS: '1',
	});
	expect(found(diagnosis, 'Redis').map(({ state }) => state)).not.toContain('failed');
	const own = Number(settings['PARLEY_MEDIA_PORT']);
	expect(found(diagnosis, 'media').map(({ seen }) => seen)).toEqual(
		['UDP', 'TCP'].map((over) => `127.0.0.1 over ${over}: ports ${own}, ${own + 1} answered.`),
	);
});

test('the doctor names a Redis that does not answer', async () => {
	redis.pause();
	try {
		const [silent] = await aboutRedis(redis.url);
		expect(silent).toMatchObject({ state: 'failed' });
		expect(silent?.seen).toContain('it does not answer');
	} finally {
		redis.goOn();
	}
});
