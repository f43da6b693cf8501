import * as v from 'valibot';
import { CodedError, errorCode } from '#shared/errors.ts';
import { serverError } from '#lib/connection/serverError.ts';
import { sessionTurn } from '#lib/connection/sessionTurn.ts';
import { addressOf } from '#lib/browser/ownPaths.ts';

const failure = v.object({
	ok: v.literal(false),
	error: v.object({ code: errorCode, message: v.string() }),
});

/** Whether its answer may bring the cookie of another session. */
const setsSession = (method: string, path: string): boolean =>
	path === '/api/session' || (method !== 'GET' && /^\/api\/(?:session|account)\//.test(path));

function answerTo(method: string, path: string, body: unknown): Promise<unknown> {
	const send = () => answerOnce(method, path, body);
	return setsSession(method, path) ? sessionTurn(send) : send();
}

async function answerOnce(method: string, path: string, body: unknown): Promise<unknown> {
	try {
		const response = await fetch(addressOf(path), {
			method,
			headers: {
				accept: 'application/json',
				...(body !== undefined && { 'content-type': 'application/json' }),
			},
			body: JSON.stringify(body),
		});
		return await response.json();
	} catch {
		throw unreachable();
	}
}

function unreachable(): CodedError {
	return new CodedError('UNAVAILABLE', "Can't reach the server. Check your connection.");
}

/**
 * Asks the server by HTTP. Throws a CodedError: the server's, or UNAVAILABLE where no good answer came.
 *
 * @param data what a good answer holds.
 */
export async function askApi<S extends v.GenericSchema>(
	data: S,
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
	path: string,
	body?: unknown,
): Promise<v.InferOutput<S>> {
	let answer = await answerTo(method, path, body);
	let failed = v.safeParse(failure, answer);
	if (failed.success && failed.output.error.code === 'UNAUTHENTICATED') {
		// Whoever comes here first has no session yet.
		await answerTo('GET', '/api/session', undefined).catch(() => null);
		answer = await answerTo(method, path, body);
		failed = v.safeParse(failure, answer);
	}
	if (failed.success) {
		throw serverError(failed.output.error);
	}
	const good = v.safeParse(v.object({ ok: v.literal(true), data }), answer);
	if (!good.success) throw new CodedError('UNAVAILABLE');
	return good.output.data;
}
