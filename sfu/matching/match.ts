import { newMatchId, type MatchId, type MessageId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { MatchMessage } from '#shared/match.ts';
import { CodedError } from '#shared/errors.ts';
import type { Stay } from './stay.ts';

/** One thing said in a match, and by whom. */
export type Said = { messageId: MessageId; by: Stay; body: string; sentAt: number };

/** The time that two people have together. What is said in it is in memory alone. */
export class Match {
	readonly id: MatchId = newMatchId();
	/** Since when they are together, in ms since 1970. */
	readonly since = Date.now();
	readonly sides: readonly [Stay, Stay];
	readonly #said: Said[] = [];
	/** Those who would like to stay in touch. */
	readonly #keeps = new Set<Stay>();
	#over = false;

	constructor(one: Stay, other: Stay) {
		this.sides = [one, other];
	}

	get over(): boolean {
		return this.#over;
	}

	get said(): readonly Said[] {
		return this.#said;
	}

	partnerOf(stay: Stay): Stay {
		const [one, other] = this.sides;
		return stay === one ? other : one;
	}

	/**
	 * Something is said, once for each id.
	 *
	 * @returns what was said, and whether that is news.
	 * @throws {CodedError} CONFLICT for an id of the other one's; LIMIT_REACHED.
	 */
	say(by: Stay, messageId: MessageId, body: string, now: number): { said: Said; isNew: boolean } {
		const known = this.#said.find((said) => said.messageId === messageId);
		if (known && known.by !== by) throw new CodedError('CONFLICT');
		if (known) return { said: known, isNew: false };
		if (this.#said.length >= limits.matchMessages)
			throw new CodedError('LIMIT_REACHED', 'Nothing more can be written in this chat.');
		const said = { messageId, by, body, sentAt: now };
		this.#said.push(said);
		return { said, isNew: true };
	}

	/** @returns whether that is news. */
	keep(by: Stay, keep: boolean): boolean {
		if (this.#keeps.has(by) === keep) return false;
		if (keep) this.#keeps.add(by);
		else this.#keeps.delete(by);
		return true;
	}

	/** Whether both would like to stay in touch. */
	get kept(): boolean {
		return this.#keeps.size === 2;
	}

	end(): void {
		this.#over = true;
	}
}

/** Something said, as one of the two is told of it. */
export const toldTo = (stay: Stay, { messageId, by, body, sentAt }: Said): MatchMessage => ({
	messageId,
	mine: by === stay,
	body,
	sentAt,
});
