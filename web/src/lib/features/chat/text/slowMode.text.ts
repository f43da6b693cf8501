import { plural } from '#lib/language/plural.ts';

/** The least time between two messages in slow mode. @param seconds above 0; whole minutes from 60 on. */
export function intervalWords(seconds: number): string {
	return seconds < 60
		? plural(seconds, ['1 second', '# seconds'])
		: plural(seconds / 60, ['1 minute', '# minutes']);
}
