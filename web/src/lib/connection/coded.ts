import { CodedError } from '#shared/errors.ts';

/** The error to show to the person: the server's, or one that says that this browser failed. */
export function toCoded(error: unknown): CodedError {
	if (error instanceof CodedError) return error;
	return new CodedError('INTERNAL', 'Something went wrong in this browser. Reload the page.');
}
