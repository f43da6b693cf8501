import { describe, expect, test } from 'vitest';
import { errorMessages, type ErrorCode } from '#shared/errors.ts';
import { comesBack, isWorthAnotherTry, roomConsequences } from '#lib/connection/consequences.ts';

const codes = Object.keys(errorMessages()) as ErrorCode[];

describe('what a failed step leads to', () => {
	test.each([
		['resume', 'RESUME_EXPIRED', 'start-over'],
		['resume', 'WRONG_PHASE', 'start-over'],
		['resume', 'NOT_FOUND', 'start-over'],
		['join', 'WRONG_PHASE', 'start-over'],
		['join', 'MEDIA_LOST', 'start-over'],
		['join', 'ROOM_FULL', 'decline'],
		['join', 'BAD_REQUEST', 'decline'],
		['enter', 'UNAVAILABLE', 'again'],
		['join', 'TOO_MANY_REQUESTS', 'again'],
		['enter', 'BAD_REQUEST', 'fail'],
		['enter', 'INTERNAL', 'fail'],
	] as const)('%s answered %s: %s', (step, code, consequence) => {
		expect(roomConsequences(step, code, false)).toBe(consequence);
	});

	test('being taken over may be undone, a bad room id may not', () => {
		expect(isWorthAnotherTry('TAKEN_OVER')).toBe(true);
		expect(isWorthAnotherTry('BAD_REQUEST')).toBe(false);
	});
});

test('ROOM-8, RELOAD-2, SERVICE-1: a client whose place is gone through no fault of its person goes back, and no other does', () => {
	expect(codes.filter(comesBack).sort()).toEqual(['MEDIA_LOST', 'RESUME_EXPIRED', 'UNAVAILABLE']);
});
