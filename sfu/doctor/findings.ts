import type { Finding } from '#shared/doctor.ts';
import { StartError } from '../platform/startError.ts';

/** What one check saw, without the name of the check. */
export type Seen = Omit<Finding, 'check'>;

export const ok = (seen: string): Seen => ({ state: 'ok', seen, fix: '' });
export const warning = (seen: string, fix: string): Seen => ({ state: 'warning', seen, fix });
export const failed = (seen: string, fix: string): Seen => ({ state: 'failed', seen, fix });

export const reasonOf = (error: unknown): string =>
	error instanceof Error && error.message !== '' ? error.message : String(error);

/**
 * What keeps the service from starting. The message of a StartError says what is wrong and, in a further sentence, what
 * to do.
 *
 * @param fix what to do where the message does not say it.
 */
export function unstartable(error: unknown, fix: string): Seen {
	if (!(error instanceof StartError)) return failed(`${reasonOf(error)}.`, fix);
	const [, seen = error.message, advice = fix] =
		/^(.+?\.) (?=["A-Z])(.+)$/s.exec(error.message) ?? [];
	return failed(seen, advice);
}
