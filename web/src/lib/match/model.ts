import type { ErrorCode } from '#shared/errors.ts';
import type { MatchId } from '#shared/ids.ts';
import type { MatchEnd, MatchPartner } from '#shared/match.ts';
import type { CallObserver, Connection, RemotePeer } from '../call/model.ts';

/** What somebody would like of the next partner, as it is remembered. */
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
	/** Of one's own: whether it reached the other one, or why not. */
	delivery: 'sending' | 'sent' | 'failed';
};

/** Somebody one is together with. */
export type Partner = MatchPartner & {
	matchId: MatchId;
	/** What is seen and heard of them; null where one only writes. */
	peer: RemotePeer | null;
};

/** Why one is alone again: the other one's doing, or one's own. */
export type Parting = MatchEnd | 'you' | null;

/** Where somebody is on the way to the next partner. */
export type MatchPhase =
	| { kind: 'opening' }
	/** Nothing is waited for; `note` says why, if it was not one's own wish. */
	| { kind: 'ready'; note: string }
	| { kind: 'waiting'; parting: Parting }
	| { kind: 'matched' }
	| { kind: 'failed'; code: ErrorCode; message: string };

/** Who stays in touch: nobody yet, one of the two, or both. */
export type Keeping = { mine: boolean; theirs: boolean; kept: boolean };

/** Who listens to the engine: it is told each thing when it changes, and never asked. */
export interface MatchObserver extends Pick<
	CallObserver,
	| 'microphone'
	| 'camera'
	| 'preview'
	| 'level'
	| 'devices'
	| 'deviceLost'
	| 'speakingWhileMuted'
	| 'videoMode'
> {
	phase(phase: MatchPhase): void;
	connection(connection: Connection): void;
	agreed(agreed: boolean): void;
	waiting(waiting: number): void;
	/** Somebody one is together with, and whatever changes about them; null when it is over. */
	partner(partner: Partner | null): void;
	lines(lines: readonly Line[]): void;
	typing(typing: boolean): void;
	keeping(keeping: Keeping): void;
}
