import type { WaitEnd } from '#shared/match.ts';

/** Why somebody does not wait any more, for those who have no words of their own. */
export function waitEndWords(why: WaitEnd): string {
	switch (why) {
		case 'idle':
			return 'You were away for a while, so you do not wait any more. Start again when you are back.';
		case 'connection':
			return 'Your picture and sound did not reach the server any more. Start again.';
		case 'suspended':
			return 'The administrators suspended you from meeting strangers.';
	}
}
