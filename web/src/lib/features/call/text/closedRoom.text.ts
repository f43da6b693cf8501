import { secretInFragment } from '#lib/encryption/secret.ts';
import type { Phase } from '../engine/model.ts';

/** Why a link or a browser does not lead into a room, and what to do about it. */
type ClosedWords = { title: string; text: string; help: string };

/** @param fragment of the page's address. */
export function closedWords(
	{ code, message: text }: Pick<Extract<Phase, { kind: 'failed' }>, 'code' | 'message'>,
	fragment: string,
): ClosedWords {
	// The server has just given the browser a session, which it did not send.
	if (code === 'UNAUTHENTICATED')
		return {
			title: 'Cookies are blocked here',
			text: "Allow cookies for this site in your browser's settings, then reload the page.",
			help: '',
		};
	if (code === 'NOT_ENCRYPTED')
		return {
			title: "This room isn't encrypted",
			text,
			help: 'Make a new end-to-end encrypted room, or ask for the link without a key.',
		};
	if (code === 'LINK_CHANGED')
		return {
			title: "The key in your link doesn't fit",
			text,
			help: "A link changes when someone is removed. It also fails when it wasn't copied as a whole.",
		};
	if (secretInFragment(fragment))
		return { title: "This browser can't join", text, help: 'Your link is right: it works there.' };
	return {
		title: 'Your link has no key',
		text,
		help: 'The key is the part after “#”. Ask the person who invited you to send it again.',
	};
}
