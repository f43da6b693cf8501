import { createWorker } from 'mediasoup';
import type { Router, Worker } from 'mediasoup/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { routerCodecs } from '../../sfu/media/worker/codecs.ts';
import { Speakers } from '../../sfu/media/speakers/speakers.ts';
import { newPeerId, type PeerId } from '../../shared/ids.ts';
import type { Speakers as State } from '../../shared/room.ts';
import { eventually } from '../support/client.ts';
import { Voice } from '../support/voice.ts';

let worker: Worker;
let router: Router;
let speakers: Speakers;
let told: { state: State; at: number }[];
let voices: Voice[];
beforeAll(async () => {
	worker = await createWorker({ logLevel: 'none' });
});
afterAll(() => worker.close());
beforeEach(async () => {
	router = await worker.createRouter({ mediaCodecs: routerCodecs('vp8') });
	voices = [];
	told = [];
});
afterEach(() => {
	speakers.close();
	for (const voice of voices) voice.stop();
	router.close();
});

/** So many people with open microphones, of whom so many are heard. */
async function people(count: number, limit: number): Promise<{ peerId: PeerId; voice: Voice }[]> {
	speakers = new Speakers(limit);
	await speakers.addRouter(router);
	speakers.on('changed', (state) => told.push({ state, at: performance.now() }));
	return Promise.all(
		Array.from({ length: count }, async (_, i) => {
			const voice = await Voice.create(router, 1000 + i);
			voices.push(voice);
			const peerId = newPeerId();
			await speakers.open(peerId, voice.producer, router);
			return { peerId, voice };
		}),
	);
}

const last = () => told.at(-1)?.state;

describe('ROOM-10: who speaks', () => {
	test('is told when it changes, and who had the word last keeps it during a pause', async () => {
		const [one, two] = await people(2, 0);
		if (!one || !two) throw new Error('nobody is there');
		one.voice.level = -20;
		await eventually(() => last()?.speaking[0] === one.peerId && last()?.active === one.peerId);
		one.voice.level = -127;
		await eventually(() => last()?.speaking.length === 0);
		expect(last()?.active).toBe(one.peerId);
		two.voice.level = -20;
		await eventually(() => last()?.active === two.peerId);
		expect(last()?.speaking).toEqual([two.peerId]);
		const gaps = told.slice(1).map(({ at }, i) => at - (told[i]?.at ?? 0));
		// A fact comes at most four times a second, as far as the clocks of timers agree.
		expect(Math.min(...gaps)).toBeGreaterThan(240);
		for (const [i, { state }] of told.entries()) expect(state).not.toEqual(told[i - 1]?.state);
	});

	test('nobody is, where nobody makes a sound or only noise', async () => {
		const [one, two] = await people(2, 0);
		if (!one || !two) throw new Error('nobody is there');
		one.voice.level = -60;
		two.voice.level = null;
		await new Promise((resolve) => setTimeout(resolve, 1000));
		expect(told).toEqual([]);
	});

	test('muting and leaving end it', async () => {
		const [one] = await people(1, 0);
		if (!one) throw new Error('nobody is there');
		one.voice.level = -20;
		await eventually(() => last()?.active === one.peerId);
		await speakers.shut(one.voice.id);
		await eventually(() => last()?.speaking.length === 0);
		expect(last()?.active).toBe(one.peerId);
		speakers.forget(one.peerId);
		await eventually(() => last()?.active === null);
	});
});

describe('ROOM-11: who is heard', () => {
	test('whoever begins to speak, after two loud packets, and not who only makes noise', async () => {
		const [one, two, three] = await people(3, 2);
		if (!one || !two || !three) throw new Error('nobody is there');
		expect([...speakers.silent]).toEqual([three.voice.id]);
		three.voice.level = -60;
		await new Promise((resolve) => setTimeout(resolve, 500));
		expect([...speakers.silent]).toEqual([three.voice.id]);
		one.voice.level = -30;
		await eventually(() => last()?.speaking[0] === one.peerId);
		three.voice.level = -30;
		await eventually(() => speakers.silent.has(two.voice.id));
		expect([...speakers.silent]).toEqual([two.voice.id]);
	});

	test('all again, when so many mute themselves that the others fit', async () => {
		const [one, , three] = await people(3, 2);
		if (!one || !three) throw new Error('nobody is there');
		await speakers.shut(one.voice.id);
		expect([...speakers.silent]).toEqual([]);
		await speakers.open(one.peerId, one.voice.producer, router);
		expect([...speakers.silent]).toEqual([one.voice.id]);
		one.voice.level = -20;
		await eventually(() => !speakers.silent.has(one.voice.id));
	});
});

describe('a room on two routers', () => {
	let otherWorker: Worker;
	let other: Router;
	beforeAll(async () => {
		otherWorker = await createWorker({ logLevel: 'none' });
	});
	afterAll(() => otherWorker.close());
	beforeEach(async () => {
		other = await otherWorker.createRouter({ mediaCodecs: routerCodecs('vp8') });
	});
	afterEach(() => other.close());

	/** People with open microphones, one on the first router and all others on the second. */
	async function peopleOnBoth(count: number, limit: number) {
		speakers = new Speakers(limit);
		speakers.on('changed', (state) => told.push({ state, at: performance.now() }));
		const routers = [router, ...Array<Router>(count - 1).fill(other)];
		await Promise.all([speakers.addRouter(router), speakers.addRouter(other)]);
		const spread: { peerId: PeerId; voice: Voice }[] = [];
		for (const home of routers) {
			const voice = await Voice.create(home, 2000 + spread.length);
			voices.push(voice);
			const peerId = newPeerId();
			await speakers.open(peerId, voice.producer, home);
			spread.push({ peerId, voice });
		}
		return spread;
	}

	test('ROOM-10: has one list of who speaks, and one active speaker', async () => {
		const [one, two, three] = await peopleOnBoth(3, 0);
		if (!one || !two || !three) throw new Error('nobody is there');
		one.voice.level = -20;
		await eventually(() => last()?.active === one.peerId);
		two.voice.level = -20;
		await eventually(() => last()?.speaking.length === 2);
		expect(last()?.speaking).toEqual([one.peerId, two.peerId].sort());
		// The word stays with the one who goes on speaking.
		expect(last()?.active).toBe(one.peerId);
		one.voice.level = -127;
		await eventually(() => last()?.active === two.peerId);
		two.voice.level = -127;
		await eventually(() => last()?.speaking.length === 0);
		expect(last()?.active).toBe(two.peerId);
		one.voice.level = -20;
		await eventually(() => last()?.active === one.peerId);
		expect(last()?.speaking).toEqual([one.peerId]);
		// A router that closes takes its microphones along.
		for (const { voice } of [two, three]) await speakers.shut(voice.id);
		speakers.removeRouter(other);
		one.voice.level = -127;
		await eventually(() => last()?.speaking.length === 0);
		expect(last()?.active).toBe(one.peerId);
	});

	test('ROOM-11: whoever begins to speak on one router is heard in the place of a silent one on the other', async () => {
		const [one, two, three] = await peopleOnBoth(3, 2);
		if (!one || !two || !three) throw new Error('nobody is there');
		expect([...speakers.silent]).toEqual([three.voice.id]);
		two.voice.level = -30;
		await eventually(() => last()?.speaking[0] === two.peerId);
		three.voice.level = -30;
		await eventually(() => speakers.silent.has(one.voice.id));
		expect([...speakers.silent]).toEqual([one.voice.id]);
	});
});
