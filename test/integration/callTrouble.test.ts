import { afterEach, describe, expect, test, vi } from 'vitest';
import {
	acquainted,
	again,
	call,
	callLines,
	outcomeOf,
	opened,
	talking,
	type Caller,
} from '../support/calls.ts';
import { Cast, eventually } from '../support/client.ts';
import {
	serviceFolder,
	startServiceProcess,
	type ServiceProcess,
} from '../support/serviceProcess.ts';

// The line and the service are lost while it rings, and during a call. Processes take their time to start.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 30_000 });

let service: ServiceProcess | null = null;
let cast: Cast;
afterEach(async () => {
	cast.close();
	await service?.close();
	service = null;
});

async function started(folder = serviceFolder(), ringSeconds = 30): Promise<void> {
	service = await startServiceProcess(folder, {
		PARLEY_CALLS_RINGSECONDS: String(ringSeconds),
	});
	cast = new Cast(service);
}

/** Pulls the plug, or ends it as an operator would, and starts it again in the same folder. */
async function restarted(
	folder: string,
	how: 'kill' | 'stop',
	ringSeconds?: number,
): Promise<void> {
	await service?.[how]();
	cast.close();
	await started(folder, ringSeconds);
}

async function two(): Promise<[Caller, Caller]> {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	return [ann, ben];
}

/** Somebody's page after the restart. */
const back = ({ name, client }: Caller) => opened(cast, name, client.cookie);

const entryOf = async ({ client }: Caller, ringId: string) =>
	(await client.ask('people:history', {})).calls.find((one) => one.ringId === ringId);

describe('CALL-11: the line is lost while it rings', () => {
	test('of the one who is called: it rings on, and again where they are back', async () => {
		await started();
		const [ann, ben] = await two();
		const { ringId } = await call(ann, ben);
		const { ring } = await ben.client.until('call:ringing');
		ben.client.close();
		const page = await cast.connect({ cookie: ben.client.cookie });
		expect((await page.ask('people:enter', { idle: false })).rings).toEqual([ring]);
		await page.ask('call:accept', { ringId });
		expect(await outcomeOf(ann, ringId)).toBe('accepted');
	});

	test('of the one who is called, for good: nobody answered', async () => {
		await started(serviceFolder(), 1);
		const [ann, ben] = await two();
		const { ringId } = await call(ann, ben);
		await ben.client.until('call:ringing');
		ben.client.close();
		expect(await outcomeOf(ann, ringId)).toBe('no-answer');
		const page = await again(cast, ben);
		await eventually(async () => (await entryOf(page, ringId))?.outcome === 'no-answer');
	});

	test('of the one who calls from the room: it rings on for longer than a page without one has', async () => {
		await started();
		const [ann, ben] = await two();
		const { ringId, roomId } = await call(ann, ben);
		const { you } = await ann.client.join(roomId, 'Ann');
		await ben.client.until('call:ringing');
		ann.client.close();
		await new Promise((resolve) => setTimeout(resolve, 6_000));
		expect(ben.client.told('call:over')).toEqual([]);
		await ben.client.ask('call:accept', { ringId });
		await ben.client.join(roomId, 'Ben');
		// The caller is back on the line, and in the call that was answered meanwhile.
		const page = await again(cast, ann);
		const { peers } = await page.client.ask('room:join', {
			...{ roomId, name: 'Ann', rtpCapabilities: {}, resumeToken: you.resumeToken },
			firstPage: { videos: 9, width: 640, height: 360 },
		});
		expect(peers.map(({ name }) => name)).toEqual(['Ben']);
		expect((await call(page, ben, { ringId, roomId })).answer.outcome).toBe('accepted');
	});
});

describe.each(['kill', 'stop'] as const)(
	'CALL-11: the service is started again after a %s',
	(how) => {
		test('while it rings: whoever calls goes on, and it rings once more', async () => {
			const folder = serviceFolder();
			// It rings for longer than a start may take on a busy machine.
			await started(folder, 120);
			const [ann, ben] = await two();
			const rung = await call(ann, ben);
			await ann.client.join(rung.roomId, 'Ann');
			await ben.client.until('call:ringing');
			await restarted(folder, how, 120);
			const [caller, callee] = [await back(ann), await back(ben)];
			// The room is the caller’s as before.
			await caller.client.join(rung.roomId, 'Ann');
			expect((await call(caller, callee, rung)).answer.outcome).toBeNull();
			const { ring } = await callee.client.until('call:ringing');
			expect(ring.ringId).toBe(rung.ringId);
			await callee.client.ask('call:accept', { ringId: ring.ringId });
			const { peers } = await callee.client.join(ring.roomId, 'Ben');
			expect(peers.map(({ name }) => name)).toEqual(['Ann']);
			expect(await outcomeOf(caller, ring.ringId)).toBe('accepted');
		});

		test('while it rings, and the caller stays away: it was missed', async () => {
			const folder = serviceFolder();
			await started(folder);
			const [ann, ben] = await two();
			const { ringId } = await call(ann, ben);
			await ben.client.until('call:ringing');
			await eventually(async () => (await entryOf(ben, ringId)) !== undefined);
			await restarted(folder, how);
			const callee = await back(ben);
			await eventually(async () => (await entryOf(callee, ringId))?.outcome === 'no-answer');
			expect(callee.client.told('call:ringing')).toEqual([]);
			expect(await callee.client.codeOf('call:accept', { ringId })).toBe('NOT_FOUND');
		});

		test('CALL-15, during a call: both come back into its room, nobody else does, and it was answered', async () => {
			const folder = serviceFolder();
			await started(folder);
			const [ann, ben] = await two();
			const { ringId, roomId } = await talking(ann, ben);
			// What is kept of it is written down behind its back.
			await eventually(async () => (await entryOf(ann, ringId))?.duration === null);
			await eventually(async () =>
				(
					await Promise.all([ann, ben].map(({ client }) => client.codeOf('chat:open', { roomId })))
				).every((code) => code === 'OK'),
			);
			await restarted(folder, how);
			const [caller, callee] = [await back(ann), await back(ben)];
			await caller.client.join(roomId, 'Ann');
			const { peers } = await callee.client.join(roomId, 'Ben');
			expect(peers.map(({ name }) => name)).toEqual(['Ann']);
			const zoe = await opened(cast, 'Zoe');
			const { admission } = await zoe.client.ask('lobby:enter', { roomId });
			expect(admission).toBe('locked');
			expect(await entryOf(caller, ringId)).toMatchObject({ outcome: 'accepted' });
			// What was said of it once is all, whatever ended it.
			await eventually(async () => (await callLines(caller, callee)).length > 0);
			const seconds = Math.round(((await entryOf(caller, ringId))?.duration ?? 0) / 1000);
			expect(await callLines(caller, callee)).toEqual([
				{ by: 'Ann', outcome: 'accepted', seconds },
			]);
			// And it ends as calls do.
			await callee.client.ask('room:leave', {});
			expect((await caller.client.until('room:ended')).code).toBe('CALL_OVER');
		});
	},
);

test('SERVICE-1: a service that is stopped during a call tells both, and keeps how long they had talked by then', async () => {
	const folder = serviceFolder();
	await started(folder);
	const [ann, ben] = await two();
	const { ringId, roomId } = await talking(ann, ben);
	await eventually(async () => (await entryOf(ann, ringId)) !== undefined);
	await service?.stop();
	const stopped = Date.now();
	for (const { client } of [ann, ben]) {
		expect((await client.until('room:ended')).code).toBe('UNAVAILABLE');
		expect(client.told('call:over').filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
	}
	cast.close();
	await started(folder);
	const [caller, callee] = [await back(ann), await back(ben)];
	await caller.client.join(roomId, 'Ann');
	await callee.client.join(roomId, 'Ben');
	const kept = await entryOf(caller, ringId);
	expect(kept).toMatchObject({ outcome: 'accepted', duration: expect.any(Number) as number });
	expect((kept?.beganAt ?? 0) + (kept?.duration ?? 0)).toBeLessThanOrEqual(stopped);
	// What was said of it once is not said again when they have talked on.
	await callee.client.ask('room:leave', {});
	expect((await caller.client.until('room:ended')).code).toBe('CALL_OVER');
	expect(await callLines(caller, callee)).toEqual([
		{ by: 'Ann', outcome: 'accepted', seconds: Math.round((kept?.duration ?? 0) / 1000) },
	]);
});
