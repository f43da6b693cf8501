import { describe, expect, it } from 'vitest';
import { closedWords } from '#lib/features/call/text/closedRoom.text.ts';
import { endingWords, stayWords } from '#lib/features/call/text/ending.text.ts';

describe('the end of a call', () => {
	it.each([
		[59_999, ''],
		[60_000, 'You were in the call for 1 min.'],
		[23 * 60_000 + 5_000, 'You were in the call for 23 min.'],
		[65 * 60_000, 'You were in the call for 1 h 5 min.'],
	])('after %d ms tells: %s', (time, words) => {
		expect(stayWords(time)).toBe(words);
	});

	it('is told in other words to the one who ended it', () => {
		const ended = { code: 'CALL_ENDED', message: 'A host ended it.' } as const;
		expect(endingWords(ended, true).text).toBe('You ended the call for everyone.');
		expect(endingWords(ended).text).toBe('A host ended it.');
	});

	it('without a session, which the server has just given, says that cookies are blocked', () => {
		const refused = { code: 'UNAUTHENTICATED', message: 'Your session has ended.' } as const;
		expect(closedWords(refused, '').title).toBe('Cookies are blocked here');
	});
});
