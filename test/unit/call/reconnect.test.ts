import { describe, expect, test } from 'vitest';
import { CodedError, errorMessages, type ErrorCode } from '#shared/errors.ts';
import { comesBack, consequenceOf, failure, nextStep } from '#lib/call/reconnect.ts';

describe('the next step', () => {
	test.each([
		['nowhere', 'nowhere', false, null],
		['nowhere', 'room', true, null],
		['lobby', 'nowhere', false, 'enter'],
		['lobby', 'lobby', false, null],
		['room', 'nowhere', false, 'enter'],
		['room', 'nowhere', true, 'resume'],
		['room', 'lobby', false, 'join'],
		['room', 'room', true, null],
		['lobby', 'nowhere', true, 'enter'],
	] as const)('to the %s from %s, resumable %s: %s', (goal, place, resumable, step) => {
		expect(nextStep(goal, place, resumable)).toBe(step);
	});
});

describe('what a failed step leads to', () => {
	test.each([
		['resume', 'RESUME_EXPIRED', 'start-over'],
		['resume', 'WRONG_PHASE', 'start-over'],
		['join', 'WRONG_PHASE', 'start-over'],
		['join', 'MEDIA_LOST', 'start-over'],
		['join', 'ROOM_FULL', 'decline'],
		['join', 'BAD_REQUEST', 'decline'],
		['enter', 'UNAVAILABLE', 'again'],
		['join', 'TOO_MANY_REQUESTS', 'again'],
		['enter', 'BAD_REQUEST', 'fail'],
		['enter', 'INTERNAL', 'fail'],
	] as const)('%s answered %s: %s', (step, code, consequence) => {
		expect(consequenceOf(step, code)).toBe(consequence);
	});

	test('every code leads somewhere from every step', () => {
		for (const code of Object.keys(errorMessages()) as ErrorCode[]) {
			for (const step of ['enter', 'join', 'resume'] as const) {
				expect(consequenceOf(step, code)).toMatch(/again|start-over|decline|fail/);
			}
		}
	});

	test('being taken over may be undone, a bad room id may not', () => {
		expect(failure(new CodedError('TAKEN_OVER')).again).toBe(true);
		expect(failure(new CodedError('BAD_REQUEST')).again).toBe(false);
	});
});

test('R22, R111, R116: whose place is gone through no fault of theirs goes back, and nobody else does', () => {
	const codes = Object.keys(errorMessages()) as ErrorCode[];
	expect(codes.filter(comesBack).sort()).toEqual(['MEDIA_LOST', 'RESUME_EXPIRED', 'UNAVAILABLE']);
});
