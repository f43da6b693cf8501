import type { Phase } from '../engine/model.ts';

/** How a stay in the call ended without the person's doing: the text, and the label of the button that tries again. */
export type EndingWords = { title: string; text: string; again: string };

/** @param byYou whether it was this person who ended the call for all. */
export function endingWords(
	{ code, message }: Pick<Extract<Phase, { kind: 'failed' }>, 'code' | 'message'>,
	byYou = false,
): EndingWords {
	switch (code) {
		case 'CALL_ENDED':
			return {
				title: 'The call is over',
				text: byYou ? 'You ended the call for everyone.' : message,
				again: 'Join again',
			};
		case 'CALL_OVER':
			return { title: 'The call is over', text: 'Everyone else has left.', again: '' };
		case 'REMOVED':
			return {
				title: "You've been removed",
				text: `${message} You can rejoin once a host lets you back in.`,
				again: 'Check again',
			};
		case 'CLIENT_TOO_OLD':
			return { title: 'This page is out of date', text: message, again: '' };
		case 'SIGN_IN_REQUIRED':
			return { title: 'Sign in to join', text: message, again: 'Try again' };
		case 'SIGNED_OUT':
			return { title: "You've been signed out", text: message, again: 'Try again' };
		case 'SUSPENDED':
			return { title: "You're suspended", text: message, again: 'Try again' };
		case 'TAKEN_OVER':
			return {
				title: 'The call moved to another tab',
				text: message,
				again: 'Bring it back',
			};
		default:
			return { title: "You can't join this room right now", text: message, again: 'Try again' };
	}
}

/** How long the person was in the call; empty for less than a minute. @param time in ms */
export function stayWords(time: number): string {
	const minutes = Math.floor(time / 60_000);
	if (minutes < 1) return '';
	if (minutes < 60) return `You were in the call for ${minutes} min.`;
	return `You were in the call for ${Math.floor(minutes / 60)} h ${minutes % 60} min.`;
}
