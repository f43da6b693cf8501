import { CodedError } from '#shared/errors.ts';

/** What is answered to whoever would begin a call on a service that is about to end (R175). */
export const restarting = (): CodedError =>
	new CodedError('UNAVAILABLE', 'The server is restarting. Try again in a moment.');
