import { expect, test } from 'vitest';
import { call, outcomeOf, two, type Caller } from '../support/calls.ts';
import type { Cast } from '../support/client.ts';
import { Stranger } from '../support/stranger.ts';
import { withService } from '../support/withService.ts';

let cast: Cast;
withService((on) => (cast = on.cast), {});

const stateOf = async (ann: Caller, ben: Caller) =>
	(await ann.client.ask('people:open', {})).people.find(({ personId }) => personId === ben.personId)
		?.state;

test('PEOPLE-6: who waits for a stranger or is with one is in a call, by whatever socket', async () => {
	const [ann, ben] = await two(cast);
	const meeting = await Stranger.enter(cast, 'text', ben.client.cookie);
	// Looking at the page is not meeting anybody.
	expect(await stateOf(ann, ben)).toBe('available');
	await meeting.start();
	await ann.client.until('people:state', ({ state }) => state === 'in-call');
	expect(await stateOf(ann, ben)).toBe('in-call');

	const other = await Stranger.enter(cast);
	await other.start();
	await meeting.partner();
	expect(await stateOf(ann, ben)).toBe('in-call');
	const { ringId } = await call(ann, ben);
	await ben.client.until('call:ringing');
	await ben.client.ask('call:decline', { ringId });
	expect(await outcomeOf(ann, ringId)).toBe('busy');

	// Whoever is left waits again; who stops does not.
	other.client.close();
	await meeting.client.until('match:ended');
	expect(await stateOf(ann, ben)).toBe('in-call');
	await meeting.client.ask('match:stop', {});
	expect(await stateOf(ann, ben)).toBe('available');

	// A page that is closed in the middle of it leaves nothing behind.
	await meeting.start();
	expect(await stateOf(ann, ben)).toBe('in-call');
	meeting.client.close();
	await ann.client.until('people:state', () => {
		const states = ann.client.told('people:state').map(({ state }) => state);
		return states.join() === 'in-call,available,in-call,available';
	});
});
