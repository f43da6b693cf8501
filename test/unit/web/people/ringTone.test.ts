import { afterEach, expect, test, vi } from 'vitest';
import { playRing } from '#lib/features/people/engine/ringTone.ts';

afterEach(() => vi.unstubAllGlobals());

/** A browser whose graphs of sounds are held back; what each was asked for is written down. */
function graphs(setSinkId?: (speakerId: string) => Promise<void>) {
	const made: object[] = [];
	vi.stubGlobal(
		'AudioContext',
		class extends EventTarget {
			readonly state = 'suspended';
			readonly setSinkId = setSinkId;
			constructor() {
				super();
				made.push(this);
			}
			async resume() {}
			async close() {}
		},
	);
	return made;
}

test('a ring is played on the chosen speaker, and on the own one of the browser where none is chosen', () => {
	const asked: string[] = [];
	const made = graphs(async (speakerId) => void asked.push(speakerId));
	playRing(null)();
	expect(asked).toEqual([]);
	playRing('headset')();
	expect(asked).toEqual(['headset']);
	expect(made).toHaveLength(2);
});

test.each([
	['the chosen speaker is gone', () => Promise.reject(new DOMException('', 'NotFoundError'))],
	['a graph cannot choose its speaker', undefined],
])('it rings all the same where %s', async (_, setSinkId) => {
	const made = graphs(setSinkId);
	const end = playRing('headset');
	await new Promise((resolve) => setTimeout(resolve));
	expect(made).toHaveLength(1);
	end();
});
