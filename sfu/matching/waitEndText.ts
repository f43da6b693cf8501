import type { WaitEnd } from '#shared/match.ts';

/** Why a person no longer waits, for clients without texts of their own. */
export function waitEndWords(why: WaitEnd): string {
	switch (why) {
		case 'idle':
			return "You were away for a while, so we stopped looking. Start again when you're back.";
		case 'connection':
			return 'Your video and audio stopped reaching the server. Start again.';
		case 'suspended':
			return 'The administrators have suspended you from meeting strangers.';
	}
}
