import { StartError } from '../platform/startError.ts';

/** Messages for operators, by what the network or Redis said. */
const reasons: [RegExp, string][] = [
	[/ECONNREFUSED/, 'no Redis listens there'],
	[/ENOTFOUND/, 'there is no such host'],
	[/EAI_AGAIN/, 'the name of the host cannot be looked up'],
	[/ETIMEDOUT|timeout/i, 'it does not answer'],
	[/EHOSTUNREACH|ENETUNREACH/, 'it cannot be reached'],
	[/WRONGPASS|NOAUTH|AUTH <password>/, 'the user name or the password is wrong'],
	[/NOPERM/, 'its user may not use the commands that nodes need'],
	[/DB index/i, 'there is no database of this number'],
];

/** The setting and the address, without user and password. */
export function placeOf(url: string): string {
	const { host, pathname } = new URL(url);
	return `redis.url: the Redis at ${host}${pathname === '/' ? '' : pathname}`;
}

/** A StartError for the operator; an existing StartError stays as it is. */
export function unusableRedis(place: string, error: unknown): StartError {
	if (error instanceof StartError) return error;
	return new StartError(`${place} cannot be used: ${reasonOf(error)}.`);
}

function reasonOf(error: unknown): string {
	if (error instanceof AggregateError) return reasonOf(error.errors[0]);
	const said = error instanceof Error ? error.message : String(error);
	return reasons.find(([pattern]) => pattern.test(said))?.[1] ?? said;
}
