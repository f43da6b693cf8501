import type { ErrorRequestHandler, Response } from 'express';
import { CodedError, type ErrorCode } from '#shared/errors.ts';
import type { Log } from '../../platform/log.ts';

/** What HTTP calls each failure. */
export const statuses: Readonly<Record<ErrorCode, number>> = {
	BAD_REQUEST: 400,
	UNKNOWN_REQUEST: 404,
	TOO_LARGE: 413,
	TOO_MANY_REQUESTS: 429,
	TOO_MANY_TABS: 429,
	UNAUTHENTICATED: 401,
	CLIENT_TOO_OLD: 409,
	SIGN_IN_REQUIRED: 403,
	SIGNED_OUT: 401,
	SUSPENDED: 403,
	NAME_TAKEN: 409,
	WEAK_PASSWORD: 400,
	WRONG_CREDENTIALS: 403,
	SIGN_IN_FAILED: 400,
	SIGN_IN_EXPIRED: 410,
	BAD_TOKEN: 403,
	BAD_CLAIM: 403,
	TOKEN_TOO_EARLY: 403,
	TOKEN_EXPIRED: 410,
	TOKEN_USED: 410,
	WRONG_PHASE: 409,
	NOT_FOUND: 404,
	NOT_MEMBER: 403,
	NOT_ALLOWED: 403,
	NOT_ADMITTED: 403,
	SLOW_MODE: 429,
	BAD_PASSWORD: 403,
	ENCRYPTED: 403,
	LINK_CHANGED: 403,
	NOT_ENCRYPTED: 409,
	REMOVED: 403,
	MOVED_TO_WAITING: 403,
	CALL_ENDED: 410,
	CALL_OVER: 410,
	CONFLICT: 409,
	LIMIT_REACHED: 409,
	ROOM_FULL: 409,
	BAD_MEDIA: 400,
	RESUME_EXPIRED: 410,
	TAKEN_OVER: 409,
	MEDIA_LOST: 503,
	ELSEWHERE: 421,
	UNAVAILABLE: 503,
	NOT_SAVED: 503,
	INTERNAL: 500,
};

/** Errors of a connection that the other side ended: nobody waits for an answer, and nothing failed here. */
const goneCodes = new Set([
	'ECONNABORTED',
	'ECONNRESET',
	'EPIPE',
	'ERR_STREAM_PREMATURE_CLOSE',
	'ERR_STREAM_DESTROYED',
	'ERR_STREAM_WRITE_AFTER_END',
	'ERR_STREAM_UNABLE_TO_PIPE',
]);

/** The process or the system has no free descriptor, which passes. */
const exhaustedCodes = new Set(['EMFILE', 'ENFILE']);

/** Headers about content that is not sent after all. */
const entityHeaders = [
	'Content-Type',
	'Content-Length',
	'Content-Encoding',
	'Content-Disposition',
	'ETag',
	'Last-Modified',
];

/** Whether an error only means that the client left. */
export const isGone = (error: unknown, response: Response): boolean =>
	(response.destroyed || response.req.socket.destroyed) && goneCodes.has(codeOf(error));

/**
 * Answers failures in the one shape. A client's mistakes are not logged; a failure of the service is logged once.
 * Express recognises an error handler by its four parameters.
 */
export function failures(log: Log): ErrorRequestHandler {
	return (error: unknown, request, response, _next) => {
		if (isGone(error, response)) return;
		const { failure, status } = understood(error);
		if (status >= 500 && !(error instanceof CodedError))
			log.error({ err: error, method: request.method }, 'http request failed');
		if (response.headersSent) {
			// Cuts the connection, so that the client does not take half an answer for a whole one.
			response.destroy();
			return;
		}
		for (const name of entityHeaders) response.removeHeader(name);
		if (status !== 416) response.removeHeader('Content-Range');
		if (failure.code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer');
		if (failure.retryAfter !== undefined)
			response.setHeader('Retry-After', Math.ceil(failure.retryAfter / 1000));
		response.setHeader('Cache-Control', 'no-store');
		response.status(status).json({ ok: false, error: failure.toWire() });
		// Reads and drops the rest of the request: the client would lose the answer if its connection ended now.
		request.resume();
	};
}

function understood(error: unknown): { failure: CodedError; status: number } {
	if (error instanceof CodedError) return { failure: error, status: statuses[error.code] };
	if (exhaustedCodes.has(codeOf(error)))
		return { failure: new CodedError('UNAVAILABLE', busy), status: statuses.UNAVAILABLE };
	const status = statusOf(error);
	return { failure: coded(error, status), status };
}

const busy = 'The server is busy. Try again in a moment.';

/** Express, its router and its parsers mark a client's mistake with a status below 500. */
function statusOf(error: unknown): number {
	const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
	return Number.isInteger(status) && status >= 400 && status <= 599 ? status : 500;
}

function coded(error: unknown, status: number): CodedError {
	if (status >= 500) return new CodedError('INTERNAL');
	if (status === 404) return new CodedError('NOT_FOUND');
	if (status === 413) return new CodedError('TOO_LARGE');
	if (status === 416) return new CodedError('BAD_REQUEST', "The file doesn't have that part.");
	if (error instanceof URIError)
		return new CodedError('BAD_REQUEST', 'The address has an invalid percent sign.');
	return new CodedError(
		'BAD_REQUEST',
		error instanceof SyntaxError ? "The body isn't valid JSON." : undefined,
	);
}

const codeOf = (error: unknown): string =>
	error instanceof Error && 'code' in error ? String(error.code) : '';
