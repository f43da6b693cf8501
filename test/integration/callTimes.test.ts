import { describe, expect, test } from 'vitest';
import { acquainted, call, callLines, outcomeOf, opened } from '../support/calls.ts';
import { Cast, eventually } from '../support/client.ts';
import { startService, testConfig } from '../support/service.ts';
import { newRingId, newRoomId } from '../../shared/ids.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => (cast = on.cast), { calls: { ringSeconds: 1 } });

test('CALL-2: nobody answered', async () => {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	const { ringId } = await call(ann, ben);
	for (const one of [ann, ben]) expect(await outcomeOf(one, ringId)).toBe('no-answer');
	await eventually(async () => (await callLines(ben, ann)).length === 1);
	expect(await callLines(ben, ann)).toEqual([{ by: 'Ann', outcome: 'no-answer', seconds: null }]);
});

describe('CALL-6: who does not want to be disturbed', () => {
	test('is not rung: contacts are told so, others that nobody answered', async () => {
		const [ann, ben, zoe] = await acquainted(cast, 'Ann', 'Ben', 'Zoe');
		if (!ann || !ben || !zoe) throw new Error('three people are not three');
		await ben.client.ask('people:add', { personId: ann.personId });
		await ben.client.ask('people:choose', { state: 'do-not-disturb' });
		const byAnn = await call(ann, ben);
		expect(byAnn.answer.outcome).toBe('do-not-disturb');
		const byZoe = await call(zoe, ben);
		expect(byZoe.answer.outcome).toBeNull();
		expect(await outcomeOf(zoe, byZoe.ringId)).toBe('no-answer');
		expect(ben.client.told('call:ringing')).toEqual([]);
		// They see afterwards that they were called.
		await eventually(async () => (await callLines(ben, zoe)).length === 1);
		const { calls } = await ben.client.ask('people:history', {});
		expect(calls.map(({ person }) => person.name)).toEqual(['Zoe', 'Ann']);
	});
});

test('CALL-10: a call by somebody who is blocked is in the caller’s history alone', async () => {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	await ben.client.ask('people:block', { personId: ann.personId });
	await call(ann, ben);
	await eventually(async () => {
		const { calls } = await ann.client.ask('people:history', {});
		return calls[0]?.outcome === 'no-answer';
	});
	expect((await ben.client.ask('people:history', {})).calls).toEqual([]);
});

test('CALL-13: what was asked for so long ago that its time is up rings nowhere', async () => {
	const [ann, ben] = await acquainted(cast, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	const about = { roomId: newRoomId(), personId: ben.personId, name: 'Ann', video: true };
	const ringId = newRingId();
	const late = await ann.client.ask('call:start', { ...about, ringId, age: 3_600_000 });
	expect(late).toEqual({ roomId: about.roomId, outcome: 'no-answer' });
	// What was asked for a moment ago does, and the callee is told of nothing else.
	const soon = newRingId();
	await ann.client.ask('call:start', { ...about, ringId: soon, age: 500 });
	await ben.client.until('call:ringing', ({ ring }) => ring.ringId === soon);
	expect(ben.client.told('call:ringing')).toHaveLength(1);
	// It is the same to whoever asks once more, as long as it is remembered.
	expect(await outcomeOf(ann, soon)).toBe('no-answer');
	const again = await ann.client.ask('call:start', { ...about, ringId: soon, age: 3_600_000 });
	expect(again.outcome).toBe('no-answer');
	expect((await ann.client.ask('people:history', {})).calls).toHaveLength(1);
});

test('CALL-8: a ring goes on after the service was restarted', async () => {
	const { http, data } = await testConfig();
	const first = await startService({ http, data });
	const before = new Cast(first);
	const [ann, ben] = await acquainted(before, 'Ann', 'Ben');
	if (!ann || !ben) throw new Error('two people are not two');
	const rung = await call(ann, ben);
	await ben.client.until('call:ringing');
	before.close();
	await first.app.close();

	const second = await startService({ http, data });
	const after = new Cast(second);
	try {
		const callee = await opened(after, 'Ben', ben.client.cookie);
		const caller = await opened(after, 'Ann', ann.client.cookie);
		expect((await call(caller, ben, rung)).answer).toEqual({ roomId: rung.roomId, outcome: null });
		const { ring } = await callee.client.until('call:ringing');
		expect(ring.ringId).toBe(rung.ringId);
		await callee.client.ask('call:accept', { ringId: ring.ringId });
		expect(await outcomeOf(caller, ring.ringId)).toBe('accepted');
		await callee.client.join(ring.roomId, 'Ben');
	} finally {
		after.close();
		await second.close();
	}
});
