import { CodedError } from '#shared/errors.ts';

/** What went wrong, as people are told it: the server's words, or that it was this browser. */
export function toCoded(error: unknown): CodedError {
	if (error instanceof CodedError) return error;
	return new CodedError('INTERNAL', 'Something went wrong in this browser. Reload the page.');
}
