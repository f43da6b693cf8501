import type { ErrorCode } from '#shared/errors.ts';
import type { MatchId } from '#shared/ids.ts';
import type { MatchEnd, MatchPartner } from '#shared/match.ts';
import type { CallObserver, Connection, RemotePeer } from '#lib/features/call/engine/model.ts';

/** The person's wishes for the next partner, as the browser remembers them. */
export type Choice = {
	mode: 'video' | 'text';
	interests: readonly string[];
	/** A code of ISO 639; null for any. */
	language: string | null;
	/** Empty for none. */
	name: string;
};

/** Something said in a match. */
export type Line = {
	messageId: string;
	mine: boolean;
	body: string;
	/** For the person's own messages: whether the server has taken it. */
	delivery: 'sending' | 'sent' | 'failed';
};

/** The other person of a match. */
export type Partner = MatchPartner & {
	matchId: MatchId;
	/** The media of the partner; null in a text match. */
	peer: RemotePeer | null;
};

/** Why the match ended. */
export type Parting = MatchEnd | 'you' | null;

/** How far the person is on the way to the next partner. */
export type MatchPhase =
	| { kind: 'opening' }
	/** The person is not in the queue; `note` says why, if they did not ask for that. */
	| { kind: 'ready'; note: string }
	| { kind: 'waiting'; parting: Parting }
	| { kind: 'matched' }
	| { kind: 'failed'; code: ErrorCode; message: string };

/** Who offered to stay in touch: neither, one of the two, or both. */
export type Keeping = { mine: boolean; theirs: boolean; kept: boolean };

/** Hears of each change in the engine. */
export interface MatchObserver extends Pick<
	CallObserver,
	| 'microphone'
	| 'camera'
	| 'preview'
	| 'level'
	| 'devices'
	| 'deviceLost'
	| 'speakingWhileMuted'
	| 'systemMuted'
	| 'videoMode'
> {
	phase(phase: MatchPhase): void;
	connection(connection: Connection): void;
	agreed(agreed: boolean): void;
	waiting(waiting: number): void;
	/** The partner, at each change; null when the match is over. */
	partner(partner: Partner | null): void;
	lines(lines: readonly Line[]): void;
	typing(typing: boolean): void;
	keeping(keeping: Keeping): void;
}
