import { expect, test } from 'vitest';
import { forwardingOf, type ConsumerState } from '../../../sfu/media/peer/forwarding.ts';

/** A picture that its viewer has built and wants in the middle one of three sizes. */
const flowing: ConsumerState = {
	kind: 'video',
	wanted: { visible: true, layer: 1, priority: 100 },
	resumed: true,
	loopback: false,
	joined: true,
	preSubscribed: false,
	silent: false,
	begins: false,
};
const unseen = { visible: false, layer: 0, priority: 100 };
const wanted = { layer: 1, priority: 100 };
const nothing = { layer: null, priority: null };

test.each<[string, Partial<ConsumerState>, ReturnType<typeof forwardingOf>]>([
	['a picture flows as it is wanted', {}, { flows: true, ...wanted }],
	[
		'MEDIA-7: a consumer waits until its client has built it',
		{ resumed: false },
		{ flows: false, ...wanted },
	],
	[
		'MEDIA-5: a picture that is wanted at 0 by 0 is paused',
		{ wanted: unseen },
		{ flows: false, ...nothing },
	],
	[
		'MEDIA-12: nothing of others flows to a viewer in the lobby',
		{ joined: false },
		{ flows: false, ...wanted },
	],
	[
		'LOBBY-2: its own producer flows back to a viewer in the lobby',
		{ joined: false, loopback: true },
		{ flows: true, ...wanted },
	],
	[
		'MEDIA-13, MATCH-6: what is pre-subscribed waits for its owner',
		{ preSubscribed: true },
		{ flows: false, ...wanted },
	],
	[
		'MEDIA-14: a picture in several sizes begins in the smallest',
		{ begins: true },
		{ flows: true, layer: 0, priority: 100 },
	],
	[
		'MEDIA-14: a picture that is not built yet is prepared in the size that is wanted',
		{ begins: true, resumed: false },
		{ flows: false, ...wanted },
	],
	['a sound has no layers and no priority', { kind: 'audio' }, { flows: true, ...nothing }],
	[
		'ROOM-11: a microphone that is not heard is paused',
		{ kind: 'audio', silent: true },
		{ flows: false, ...nothing },
	],
	[
		'LOBBY-2: its own microphone flows back to a viewer though others do not hear it',
		{ kind: 'audio', silent: true, loopback: true },
		{ flows: true, ...nothing },
	],
	[
		'MEDIA-12, ROOM-11: a microphone that is heard does not flow to the lobby',
		{ kind: 'audio', joined: false },
		{ flows: false, ...nothing },
	],
])('%s', (_title, changes, forwarding) => {
	expect(forwardingOf({ ...flowing, ...changes })).toEqual(forwarding);
});

test('a consumer of others flows only if nothing speaks against it', () => {
	const against: Partial<ConsumerState>[] = [
		{ resumed: false },
		{ joined: false },
		{ preSubscribed: true },
		{ silent: true },
		{ wanted: unseen },
	];
	for (let choice = 0; choice < 2 ** against.length; choice++) {
		const chosen = against.filter((_, bit) => choice & (1 << bit));
		const state = Object.assign({ ...flowing }, ...chosen);
		expect(forwardingOf(state).flows).toBe(choice === 0);
	}
});
