import { describe, expect, test } from 'vitest';
import { CodedError } from '#shared/errors.ts';
import { newFileId } from '#shared/ids.ts';
import { fileOf, problemOf } from '#lib/features/chat/engine/composer/uploadAnswers.ts';

const file = {
	fileId: newFileId(),
	name: 'plan.png',
	type: 'image/png',
	size: 12,
	picture: { width: 4, height: 3 },
};
const refusal = (error: CodedError) => JSON.stringify({ ok: false, error: error.toWire() });

describe("what the server's answers to an upload mean", () => {
	test('a finished one tells of the file', () => {
		expect(fileOf(JSON.stringify({ ok: true, data: { file } }))).toEqual(file);
	});

	test.each([
		'',
		'<html>',
		'null',
		'{"ok":true}',
		JSON.stringify({ ok: true, data: { file: { ...file, fileId: '../x' } } }),
		refusal(new CodedError('NOT_FOUND')),
	])('%j tells of none', (body) => {
		expect(fileOf(body)).toBeNull();
	});

	test.each([
		[0, '', { kind: 'lost' }],
		[
			413,
			refusal(new CodedError('TOO_LARGE', 'Too big.')),
			{ kind: 'refused', problem: 'Too big.' },
		],
		[404, '<html>', { kind: 'refused', problem: "The server doesn't accept this file." }],
		[503, refusal(new CodedError('NOT_SAVED', 'Disk.')), { kind: 'busy', problem: 'Disk.' }],
		[502, '<html>', { kind: 'busy', problem: "The server can't accept files right now." }],
		[423, '', { kind: 'busy', problem: "The server can't accept files right now." }],
		[
			429,
			refusal(new CodedError('TOO_MANY_REQUESTS', 'Slow.')),
			{ kind: 'busy', problem: 'Slow.' },
		],
	])('%i %j', (status, body, problem) => {
		expect(problemOf(body, status)).toEqual(problem);
	});

	test('an error without an answer is a lost connection', () => {
		expect(problemOf(new Error('tus: failed to upload chunk'))).toEqual({ kind: 'lost' });
		const answered = Object.assign(new Error(), { originalResponse: null });
		expect(problemOf(answered)).toEqual({ kind: 'lost' });
	});
});
