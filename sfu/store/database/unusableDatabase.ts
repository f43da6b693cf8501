import { StartError } from '../../platform/startError.ts';

/** Messages for operators by the error code of the server or the network. */
const reasons: Record<string, string> = {
	ECONNREFUSED: 'no PostgreSQL listens there',
	ENOTFOUND: 'there is no such host',
	EAI_AGAIN: 'the name of the host cannot be looked up',
	ETIMEDOUT: 'it does not answer',
	EHOSTUNREACH: 'it cannot be reached',
	'28P01': 'the password is wrong',
	'28000': 'this user may not connect',
	'3D000': 'there is no such database',
	'42501': 'this user may not make tables there',
};

/** A StartError for the operator; an existing StartError stays as it is. */
export function unusableDatabase(url: string, error: unknown): StartError {
	if (error instanceof StartError) return error;
	return new StartError(`data.databaseUrl: ${placeOf(url)} cannot be used: ${reasonOf(error)}.`);
}

/** The address without user and password. */
export function placeOf(url: string): string {
	const { host, pathname } = new URL(url);
	return `the PostgreSQL database ${pathname.slice(1) || '(none named)'} at ${host || 'this machine'}`;
}

function reasonOf(error: unknown): string {
	if (error instanceof AggregateError) return reasonOf(error.errors[0]);
	if (!(error instanceof Error)) return String(error);
	const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
	return reasons[code] ?? error.message;
}
