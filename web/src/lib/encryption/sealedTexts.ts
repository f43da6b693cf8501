import { beginningOf, excerptOfText } from '#shared/sealed.ts';
import type { Keyring } from './keyring.ts';

/** What a text of a message is: what its author wrote, or how another person would have written it. */
export type TextKind = 'message' | 'correction';

/** What is shown of a message in the place of a text that does not open. */
export const unopenedText = (): string => "This message can't be opened with the key in your link.";

/** What seals the rest of a text: it belongs to that very beginning. */
const afterIt = (beginning: string) => `rest of ${beginning}`;
const contextOf = (kind: TextKind, messageId: string) => `${kind} ${messageId}`;
/** The beginning of a text that goes on. */
const goesOn = (context: string) => `begin-of:${context}`;

/**
 * The texts of messages. What another message quotes is sealed apart from the rest, so that the server, which cannot cut
 * a sealed text, can quote it.
 */
export class SealedTexts {
	readonly #keyring: Keyring;

	constructor(keyring: Keyring) {
		this.#keyring = keyring;
	}

	async seal(text: string, kind: TextKind, messageId: string): Promise<string> {
		const context = contextOf(kind, messageId);
		const beginning = excerptOfText(text);
		if (beginning.length === text.length) return this.#keyring.sealText(text, context);
		const sealed = await this.#keyring.sealText(beginning, goesOn(context));
		const rest = await this.#keyring.sealText(text.slice(beginning.length), afterIt(sealed));
		return `${sealed} ${rest}`;
	}

	/** The whole text; null where it does not open, or is not whole. */
	async open(sealed: string, kind: TextKind, messageId: string): Promise<string | null> {
		const context = contextOf(kind, messageId);
		const beginning = beginningOf(sealed);
		if (beginning.length === sealed.length) return this.#keyring.openText(sealed, context);
		const begun = await this.#keyring.openText(beginning, goesOn(context));
		const rest = await this.#keyring.openText(
			sealed.slice(beginning.length + 1),
			afterIt(beginning),
		);
		return begun === null || rest === null ? null : begun + rest;
	}

	/** What is quoted of a message: its text, or the beginning of that; null where it does not open. */
	async openExcerpt(sealed: string, messageId: string): Promise<string | null> {
		const context = contextOf('message', messageId);
		return (
			(await this.#keyring.openText(sealed, context)) ??
			(await this.#keyring.openText(sealed, goesOn(context)))
		);
	}
}
