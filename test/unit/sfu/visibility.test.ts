import { expect, test } from 'vitest';
import { newPeerId, type PeerId } from '../../../shared/ids.ts';
import {
	everybody,
	partnersOnly,
	seenBy,
	viewersOf,
} from '../../../sfu/media/router/visibility.ts';

const [ann, ben, cyd] = [newPeerId(), newPeerId(), newPeerId()];
const names = new Map([
	[ann, 'ann'],
	[ben, 'ben'],
	[cyd, 'cyd'],
]);

function peer(peerId: PeerId, published: boolean, partner: PeerId | null = null) {
	return { media: { peerId }, published, partner };
}

test.each([
	[
		'a room shows everybody to everybody',
		everybody,
		[peer(ann, true), peer(ben, true), peer(cyd, true)],
		'ben cyd',
		'ben cyd',
	],
	[
		'a room shows a peer in the lobby to nobody',
		everybody,
		[peer(ann, false), peer(ben, true), peer(cyd, true)],
		'',
		'ben cyd',
	],
	[
		'a room shows nobody of its lobby',
		everybody,
		[peer(ann, true), peer(ben, false), peer(cyd, true)],
		'cyd',
		'cyd',
	],
	[
		'a pairing pool shows two who have met to each other',
		partnersOnly,
		[peer(ann, true, ben), peer(ben, true, ann), peer(cyd, true)],
		'ben',
		'ben',
	],
	[
		'a pairing pool shows a peer that waits to nobody',
		partnersOnly,
		[peer(ann, true), peer(ben, true, cyd), peer(cyd, true, ben)],
		'',
		'',
	],
	[
		'a pairing pool shows no partner that sends nothing yet',
		partnersOnly,
		[peer(ann, true, ben), peer(ben, false, ann), peer(cyd, true)],
		'',
		'',
	],
] as const)('%s', (_title, sees, [first, ...others], viewers, seen) => {
	const peers = [first, ...others];
	const namesOf = (found: readonly (typeof first)[]) =>
		found.map(({ media }) => names.get(media.peerId)).join(' ');
	expect(namesOf(viewersOf(first, peers, sees))).toBe(viewers);
	expect(namesOf(seenBy(first, peers, sees))).toBe(seen);
});
