import type { MatchId, PersonId } from '#shared/ids.ts';
import type { MatchEnd, MatchMessage, MatchPartner, MatchWish, WaitEnd } from '#shared/match.ts';
import type { Match } from './match.ts';

/** What a person would like, without what they agree to. */
export type Wish = Omit<MatchWish, 'agree'>;

/** Who brings a person what happens to them: a socket, or a client that asks by HTTP. */
export interface StayListener {
	waiting(waiting: number): void;
	/** There is a partner. */
	found(match: Match, partner: MatchPartner): void;
	/** The match is over. `by` says who ended it; where it was the other one, this one waits again. */
	ended(match: Match, why: MatchEnd, by: 'you' | 'partner', waiting: number): void;
	/** Does not wait any more, without having said so. */
	stopped(why: WaitEnd): void;
	posted(matchId: MatchId, message: MatchMessage): void;
	typing(matchId: MatchId, typing: boolean): void;
	keep(matchId: MatchId, keep: boolean): void;
	kept(matchId: MatchId): void;
	/** Whether a camera or a microphone of theirs is on. */
	isSending(): boolean;
}

export type StayState =
	{ kind: 'idle' } | { kind: 'waiting'; since: number } | { kind: 'matched'; match: Match };

/** One person's presence among those who meet strangers: from one tab, or by HTTP. */
export class Stay {
	readonly personId: PersonId;
	/** The hall in which they could see others; null where they can only write. */
	readonly #hall: string | null;
	readonly listener: StayListener;
	wish: Wish = { mode: 'text', interests: [], language: null, name: null };
	state: StayState = { kind: 'idle' };
	/** When the person last did anything, in ms since 1970, and how often they were queued again since. */
	actedAt = 0;
	requeued = 0;
	/** Whether they are gone for good. */
	gone = false;

	constructor(personId: PersonId, hall: string | null, listener: StayListener) {
		this.personId = personId;
		this.#hall = hall;
		this.listener = listener;
	}

	/** Where they can meet others: of the same place only. */
	get place(): string {
		return this.wish.mode === 'video' ? (this.#hall ?? 'nowhere') : 'text';
	}

	get match(): Match | null {
		return this.state.kind === 'matched' ? this.state.match : null;
	}
}

/** What one is told of the other. */
export function partnerOf(you: Stay, other: Stay): MatchPartner {
	const { name, interests, language } = other.wish;
	return {
		name,
		interests: interests.filter((interest) => you.wish.interests.includes(interest)),
		language: language === you.wish.language ? language : null,
	};
}
