import type { HttpResponse } from 'tus-js-client';
import * as v from 'valibot';
import { fileInfo, type FileInfo } from '#shared/chat.ts';
import { errorCode } from '#shared/errors.ts';
import { serverError } from '#lib/connection/serverError.ts';

/** Why a file did not get through this time. */
export type UploadProblem =
	/** There was no answer. */
	| { kind: 'lost' }
	/** The server cannot take the file at the moment. */
	| { kind: 'busy'; problem: string }
	/** The server will not take the file at all. */
	| { kind: 'refused'; problem: string };

const finished = v.object({ ok: v.literal(true), data: v.object({ file: fileInfo }) });
const refusal = v.object({
	ok: v.literal(false),
	error: v.object({ code: errorCode, message: v.string() }),
});

function parsed<S extends v.GenericSchema>(schema: S, body: string): v.InferOutput<S> | null {
	try {
		return v.parse(schema, JSON.parse(body));
	} catch {
		// An answer that cannot be read counts as a lost connection.
		return null;
	}
}

/** The file in an answer; null if the answer names none. */
export function fileOf(body: string): FileInfo | null {
	return parsed(finished, body)?.data.file ?? null;
}

/** What the person is told of an error of the upload, or of an answer without a file. */
export function problemOf(error: Error): UploadProblem;
export function problemOf(body: string, status: number): UploadProblem;
export function problemOf(what: Error | string, status = 0): UploadProblem {
	if (typeof what === 'string') return meaning(status, what);
	const answer = answerOf(what);
	return answer ? meaning(answer.getStatus(), answer.getBody()) : { kind: 'lost' };
}

function meaning(status: number, body: string): UploadProblem {
	if (status === 0) return { kind: 'lost' };
	const answer = parsed(refusal, body);
	const said = answer && serverError(answer.error).message;
	// Locked: an earlier piece of it is still being taken in.
	const busy = status === 423 || status === 429 || status >= 500;
	if (busy) return { kind: 'busy', problem: said ?? "The server can't accept files right now." };
	return { kind: 'refused', problem: said ?? "The server doesn't accept this file." };
}

function answerOf(error: Error): HttpResponse | null {
	return 'originalResponse' in error ? (error.originalResponse as HttpResponse | null) : null;
}
