import { describe, expect, test } from 'vitest';
import type { PeerId, ProducerId } from '../../../shared/ids.ts';
import { activeSpeaker, type Dominant } from '../../../sfu/media/speakers/activeSpeaker.ts';
import { speakingFor } from '../../../sfu/media/speakers/audible.ts';

const now = 100_000;

/** Who dominates on each router, and how long ago they were loud, in ms. */
const dominants = (ago: Record<string, number | null>) =>
	new Map(
		Object.entries(ago).map(([router, since]): [string, Dominant] => [
			router,
			{
				peerId: `peer on ${router}` as PeerId,
				producerId: router as ProducerId,
				loudAt: since === null ? null : now - since,
			},
		]),
	);

describe('ROOM-10: the active speaker of a room on several routers', () => {
	test.each<[string, Record<string, number | null>, string | null, string | null]>([
		['is nobody, where no microphone dominates', {}, null, null],
		['is nobody, where no microphone was ever loud', { a: null, b: null }, null, null],
		['is the only one that was loud', { a: null, b: 5000 }, null, 'b'],
		['keeps the word while it speaks, however loud another router is', { a: 300, b: 0 }, 'a', 'a'],
		['keeps the word in a pause, where nobody speaks elsewhere', { a: 9000, b: 7000 }, 'a', 'a'],
		['is another router, once its own has fallen silent', { a: speakingFor, b: 100 }, 'a', 'b'],
		['is the one that was loud last, of several others', { a: 9000, b: 200, c: 100 }, 'a', 'c'],
		['is another router, where its own has no microphone any more', { b: 100 }, 'a', 'b'],
		['is nobody new, where its own is gone and nobody speaks', { b: 9000 }, 'a', null],
		[
			'is nobody new, where its own was never loud and nobody speaks',
			{ a: null, b: 9000 },
			'a',
			null,
		],
	])('%s', (_what, ago, current, expected) => {
		const active = activeSpeaker(dominants(ago), current, now);
		expect(active).toEqual(expected && { router: expected, peerId: `peer on ${expected}` });
	});
});
