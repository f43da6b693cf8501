import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MediaAddresses } from '../../sfu/media/worker/mediaAddresses.ts';
import { WorkerPool } from '../../sfu/media/worker/workers.ts';
import { eventually } from '../support/client.ts';
import { testConfig } from '../support/service.ts';
import { Voice } from '../support/voice.ts';

let pool: WorkerPool;
beforeEach(async () => {
	const { media } = await testConfig({
		media: { workers: 2, peersPerWorker: 2, roomsPerWorker: 2 },
	});
	const metrics = { lost: () => undefined, recovered: () => undefined };
	const log = pino({ level: 'silent' });
	pool = await WorkerPool.create(media, await MediaAddresses.decide(media), metrics, log);
});
afterEach(() => pool.close());

test('the pool measures which share of a core each worker uses', async () => {
	const home = await pool.createRouter(1);
	const { worker } = home.placed;
	const task = { isOver: false };
	const busy = async () => {
		while (!task.isOver) await Promise.all(Array.from({ length: 50 }, () => worker.dump()));
	};
	const working = busy();
	const cpu = (slot: number) => pool.loads.find((load) => load.slot === slot)?.cpu ?? Number.NaN;
	await eventually(() => cpu(1) > 0.02 && cpu(1) > cpu(0));
	task.isOver = true;
	await working;
	const before = cpu(1);
	await eventually(() => cpu(1) < before);
});

test('a router is made on the worker that is named, and counts there', async () => {
	const [one, two] = [await pool.createRouter(1), await pool.createRouter(1)];
	expect(pool.loads).toMatchObject([
		{ slot: 0, load: 0, hasPlace: true },
		{ slot: 1, load: 2, hasPlace: false, takesPeer: true },
	]);
	await expect(pool.createRouter(1)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
	const places = [one.addPeer(), two.addPeer()];
	expect(pool.loads[1]).toMatchObject({ load: 4, takesPeer: false });
	expect(() => one.addPeer()).toThrow();
	expect([one.peers, two.peers]).toEqual([1, 1]);
	for (const { release } of places) release();
	one.router.close();
	expect(pool.loads[1]).toMatchObject({ load: 1, hasPlace: true, takesPeer: true });
	expect((await pool.createRouter()).placed.slot).toBe(0);
});

test('consumers that flow are counted on their router, and not those that are paused', async () => {
	const home = await pool.createRouter();
	const { router } = home;
	const voice = await Voice.create(router, 5000);
	const { id: producerId, producer } = voice;
	const transport = await router.createDirectTransport();
	const { rtpCapabilities } = router;
	const consume = (paused: boolean) => transport.consume({ producerId, rtpCapabilities, paused });
	const [one, two] = [await consume(false), await consume(true)];
	expect(home.flowing).toBe(1);
	await two.resume();
	expect(home.flowing).toBe(2);
	await producer.pause();
	await eventually(() => home.flowing === 0);
	expect((await consume(false)).producerPaused).toBe(true);
	expect(home.flowing).toBe(0);
	await producer.resume();
	await eventually(() => home.flowing === 3);
	await one.pause();
	two.close();
	expect(home.flowing).toBe(1);
	transport.close();
	expect(home.flowing).toBe(0);
	voice.stop();
});
