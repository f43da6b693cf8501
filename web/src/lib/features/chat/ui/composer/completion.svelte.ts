import type { ChatMember } from '#shared/chat.ts';
import { beginningAt, matchNames } from '#lib/features/chat/engine/composer/completion.ts';
import { findEmoji } from '#lib/features/chat/engine/composer/emojiData.ts';

/** A suggestion that can replace the beginning of a name or of an emoji. */
export type Choice = {
	readonly key: string;
	/** The text that the suggestion inserts. */
	readonly text: string;
	readonly label: string;
	readonly emoji: string | null;
};

/** The suggestions of the text box while the person types a name or an emoji. */
export class Completion {
	readonly #people: () => readonly ChatMember[];
	#choices = $state.raw<readonly Choice[]>([]);
	#at = $state(0);
	#from = 0;
	/** The number of the latest lookup. The results of earlier ones are dropped. */
	#looked = 0;

	/** @param people returns the members who can be mentioned */
	constructor(people: () => readonly ChatMember[]) {
		this.#people = people;
	}

	get open(): boolean {
		return this.#choices.length > 0;
	}
	get choices(): readonly Choice[] {
		return this.#choices;
	}
	/** The index of the suggestion that Enter takes. */
	get at(): number {
		return this.#at;
	}

	/** Looks for suggestions for the word at the caret. */
	look(text: string, caret: number): void {
		const looked = ++this.#looked;
		const beginning = beginningAt(text, caret);
		if (!beginning) return this.close();
		const { kind, query, from } = beginning;
		if (kind === 'name') {
			const found = matchNames(this.#people(), query);
			// A name that is complete needs no suggestion.
			const done = found.length === 1 && found[0]?.name.toLowerCase() === query.toLowerCase();
			return this.#offer(
				from,
				(done ? [] : found).map(({ personId, name }) => ({
					key: personId,
					text: `@${name}`,
					label: name,
					emoji: null,
				})),
			);
		}
		void findEmoji(query).then((found) => {
			if (looked !== this.#looked) return;
			this.#offer(
				from,
				found.map(({ emoji, name }) => ({ key: emoji, text: emoji, label: `:${name}:`, emoji })),
			);
		});
	}

	move(step: number): void {
		const { length } = this.#choices;
		this.#at = (this.#at + step + length) % length;
	}

	/** The text of a suggestion, and where the word that it replaces begins. */
	take(index: number): { text: string; from: number } | null {
		const choice = this.#choices[index];
		return choice ? { text: choice.text, from: this.#from } : null;
	}

	close(): void {
		this.#looked += 1;
		this.#choices = [];
		this.#at = 0;
	}

	#offer(from: number, choices: readonly Choice[]): void {
		this.#from = from;
		this.#choices = choices;
		this.#at = 0;
	}
}
