import type { ErrorRequestHandler } from 'express';
import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { Log } from '../log.ts';

/** What HTTP calls each failure. */
const statuses: Readonly<Record<ErrorCode, number>> = {
	BAD_REQUEST: 400,
	UNKNOWN_REQUEST: 404,
	TOO_LARGE: 413,
	TOO_MANY_REQUESTS: 429,
	UNAUTHENTICATED: 401,
	SIGN_IN_REQUIRED: 403,
	SIGNED_OUT: 401,
	SUSPENDED: 403,
	NAME_TAKEN: 409,
	WEAK_PASSWORD: 400,
	WRONG_CREDENTIALS: 403,
	SIGN_IN_FAILED: 400,
	SIGN_IN_EXPIRED: 410,
	BAD_TOKEN: 403,
	TOKEN_EXPIRED: 410,
	TOKEN_USED: 410,
	WRONG_PHASE: 409,
	NOT_FOUND: 404,
	NOT_MEMBER: 403,
	NOT_ALLOWED: 403,
	NOT_ADMITTED: 403,
	BAD_PASSWORD: 403,
	REMOVED: 403,
	CALL_ENDED: 410,
	CALL_OVER: 410,
	CONFLICT: 409,
	LIMIT_REACHED: 409,
	ROOM_FULL: 409,
	BAD_MEDIA: 400,
	RESUME_EXPIRED: 410,
	TAKEN_OVER: 409,
	MEDIA_LOST: 503,
	UNAVAILABLE: 503,
	NOT_SAVED: 503,
	INTERNAL: 500,
};

/** Failures in the one shape. Express knows an error handler by its four parameters. */
export function failures(log: Log): ErrorRequestHandler {
	return (error: unknown, request, response, _next) => {
		const { failure, status } = understood(error);
		if (status >= 500 && !(error instanceof CodedError))
			log.error({ err: error }, 'http request failed');
		if (response.headersSent) {
			// Cut off, so that half an answer is not taken for a whole one.
			response.destroy();
			return;
		}
		if (failure.code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer');
		response.setHeader('Cache-Control', 'no-store');
		response.status(status).json({ ok: false, error: failure.toWire() });
		// What is still on its way in is read and forgotten: a connection that ends under it loses the answer.
		request.resume();
	};
}

/** Express and its parsers mark what the client did wrong with a status below 500. */
function understood(error: unknown): { failure: CodedError; status: number } {
	if (error instanceof CodedError) return { failure: error, status: statuses[error.code] };
	const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
	if (status >= 500) return { failure: new CodedError('INTERNAL'), status };
	if (status === 413) return { failure: new CodedError('TOO_LARGE'), status };
	const isBody = error instanceof SyntaxError;
	const words = isBody ? 'The body is not valid JSON.' : undefined;
	return { failure: new CodedError('BAD_REQUEST', words), status };
}
