import { expect, test } from 'vitest';
import { areOfSameRuns, figuresOf, type Reading } from '#lib/features/admin/engine/liveFigures.ts';

const step = 'parley_join_step_seconds_bucket';
/** Counts of joins that took up to 0.1 s, up to 1 s, and longer. */
const joins = (short: number, middle: number, all: number): Reading['samples'] =>
	[
		['0.1', short],
		['1', middle],
		['+Inf', all],
	].flatMap(([le = '', value]) => [
		{ name: step, labels: { le, step: 'join' }, value: Number(value) },
		{ name: step, labels: { le, step: 'media' }, value: 0 },
	]);
const cpu = (worker: string, value: number) => ({
	name: 'parley_worker_cpu_seconds',
	labels: { worker },
	value,
});
const requests = (ok: number, refused: number) =>
	[
		['OK', ok],
		['NOT_FOUND', refused],
	].map(([code = '', value]) => ({
		name: 'parley_requests_total',
		labels: { request: 'chat:post', code },
		value: Number(value),
	}));
const http = (value: number) => ({
	name: 'parley_http_requests_total',
	labels: { method: 'GET', route: 'page', status: '2xx' },
	value,
});
const sent = (value: number) => ({
	name: 'parley_worker_sent_bytes_total',
	labels: { worker: '0' },
	value,
});

const runs = ['a 1', 'b 2'];
const earlier: Reading = { at: 0, runs, samples: joins(100, 100, 100) };
const last: Reading = {
	at: 50_000,
	runs,
	samples: [cpu('0', 10), cpu('1', 20), sent(1000), ...requests(100, 0), http(5)],
};

test('what is counted upwards becomes a rate, of all labels or of those that fit', () => {
	const now = {
		at: 60_000,
		runs,
		samples: [cpu('0', 11), cpu('1', 25), sent(2000), ...requests(140, 10), http(25)],
	};
	expect(figuresOf(now, last, earlier)).toMatchObject({
		busiestCpu: 0.5,
		sent: 800,
		requests: 5,
		refusals: 1,
		http: 2,
	});
});

test('what went down began anew and has no rate', () => {
	const now = { at: 60_000, runs, samples: [cpu('0', 1), cpu('1', 21), sent(0)] };
	expect(figuresOf(now, last, earlier)).toMatchObject({ busiestCpu: 0.1, sent: null });
});

test('a percentile lies within its bucket, is the last bound beyond that, and is none of nothing', () => {
	const join = (...counts: [number, number, number]) =>
		figuresOf({ at: 60_000, runs, samples: joins(...counts) }, last, earlier).join;
	// Of 100 new ones, 95 took up to 0.1 s.
	expect(join(195, 200, 200)).toBeCloseTo(100);
	// 90 and 10: half way into the second bucket.
	expect(join(190, 200, 200)).toBeCloseTo(550);
	expect(join(100, 100, 200)).toBe(1000);
	expect(join(100, 100, 100)).toBe(null);
	const { media } = figuresOf({ at: 60_000, runs, samples: joins(200, 200, 200) }, last, earlier);
	expect(media).toBe(null);
});

test('of several nodes, people and bytes are added up, and the busiest worker and process are shown', () => {
	const at = (time: number, node: string, cpus: [string, number][], used: number, peers: number) =>
		[
			...cpus.map(([worker, value]) => cpu(worker, value)),
			{ name: 'process_cpu_seconds_total', labels: {}, value: used },
			{ name: 'parley_peers', labels: {}, value: peers },
			sent(time / 8),
		].map(({ labels, ...sample }) => ({ ...sample, labels: { ...labels, node } }));
	const before = {
		...{ at: 50_000, runs },
		samples: [...at(0, 'a', [['0', 10]], 5, 3), ...at(0, 'b', [['0', 100]], 50, 4)],
	};
	const now = {
		...{ at: 60_000, runs },
		samples: [...at(800, 'a', [['0', 13]], 7, 3), ...at(1600, 'b', [['0', 108]], 51, 5)],
	};
	expect(figuresOf(now, before, earlier)).toMatchObject({
		peers: 8,
		busiestCpu: 0.8,
		serviceCpu: 0.2,
		sent: 240,
	});
});

test('readings are compared only if they are from the same runs of the same nodes', () => {
	expect(areOfSameRuns(earlier, last)).toBe(true);
	expect(areOfSameRuns(earlier, { ...last, runs: ['a 1', 'b 3'] })).toBe(false);
	expect(areOfSameRuns(earlier, { ...last, runs: ['a 1'] })).toBe(false);
});
