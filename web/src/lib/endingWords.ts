import type { Phase } from './call/model.ts';

/** How a stay ended that its person did not end: what to say, and what the button says that tries again. */
export type EndingWords = { title: string; text: string; again: string };

export function endingWords({
	code,
	message,
}: Pick<Extract<Phase, { kind: 'failed' }>, 'code' | 'message'>): EndingWords {
	switch (code) {
		case 'CALL_ENDED':
			return { title: 'The call is over', text: message, again: 'Join again' };
		case 'CALL_OVER':
			return { title: 'The call is over', text: 'Nobody else is in it any more.', again: '' };
		case 'REMOVED':
			return {
				title: 'You were removed',
				text: `${message} You can come in again once a host allows it.`,
				again: 'Look again',
			};
		case 'CLIENT_TOO_OLD':
			return { title: 'This page is out of date', text: message, again: '' };
		case 'SIGN_IN_REQUIRED':
			return { title: 'Sign in to come in', text: message, again: 'Try again' };
		case 'SIGNED_OUT':
			return { title: 'You were signed out', text: message, again: 'Try again' };
		case 'SUSPENDED':
			return { title: 'You are suspended', text: message, again: 'Try again' };
		case 'TAKEN_OVER':
			return { title: 'You are in this call elsewhere', text: message, again: 'Join here' };
		default:
			return { title: "This room can't be entered now", text: message, again: 'Try again' };
	}
}
