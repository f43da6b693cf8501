import { CodedError } from '#shared/errors.ts';

/** The answer to a request that would begin a call while the service drains (SERVICE-2). */
export const restarting = (): CodedError =>
	new CodedError('UNAVAILABLE', 'The server is restarting. Try again in a moment.');
