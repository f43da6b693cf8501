import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import { newReportId, type MatchId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ReportReason } from '#shared/match.ts';
import type { Author } from '#shared/members.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { Access } from '../chat/access.ts';
import type { Store } from '../store/api/store.ts';
import type { Blocklist } from '../moderation/blocklist.ts';
import type { PastMatch } from './pastMatches.ts';
import type { Identities } from './identities.ts';
import type { Matchmaker } from './matchmaker.ts';
import type { MatchSession } from './match.ts';

/** The stored relations between people beyond their matches. */
export type Relationships = {
	/** Stores that the owner blocked this person. */
	blockMet(owner: PersonId, blocked: Author): Promise<void>;
	/** Makes two people contacts of each other. */
	befriend(one: Author, other: Author): Promise<void>;
};

type Parts = {
	store: Pick<Store, 'moderation'>;
	access: Access;
	maker: Matchmaker;
	known: Blocklist;
	identities: Identities;
	relationships: Relationships;
	/** Told of each stored report. */
	reported: (reason: ReportReason) => void;
};

/** In seconds, as the budgets want it. */
const hour = 60 * 60;

/**
 * Reports and blocks of partners: during the match and for a while after it, from any window and over any connection.
 */
export class MatchReports {
	readonly #parts: Parts;
	/** Reports of each person and from each network. They are bounded because each is stored until it is decided. */
	readonly #ofPerson = new RateLimiterMemory({ points: limits.reports.person, duration: hour });
	readonly #ofNetwork = new RateLimiterMemory({ points: limits.reports.network, duration: hour });

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * The current match, or the last one.
	 *
	 * @param through selects the person's sessions that are meant.
	 * @throws {CodedError} NOT_FOUND if there was no recent match.
	 */
	latest(person: PersonId, through: (session: MatchSession) => boolean): MatchId {
		const { maker } = this.#parts;
		const current = maker.sessionsOf(person).find((session) => session.match && through(session));
		const before = maker.pastMatches.of(person).find(({ side }) => through(side));
		const match = current?.match ?? before?.match;
		if (!match) throw new CodedError('NOT_FOUND', "You haven't met anyone recently.");
		return match.id;
	}

	/** Blocks the partner, and goes on to the next one if the match still runs (MATCH-11). */
	async block(person: PersonId, matchId: MatchId): Promise<void> {
		const { maker, known, identities, relationships } = this.#parts;
		const { match, side } = this.#pastMatchOf(person, matchId);
		const partner = identities.authorOf(match.partnerOf(side));
		known.add(person, partner.personId);
		if (side.match === match) maker.next(side, matchId);
		await relationships.blockMet(person, partner);
	}

	/**
	 * Reports the partner to the administrators, with the messages of the match (MATCH-12).
	 *
	 * @param network of the person's connection, by `addressBlock`.
	 * @throws {CodedError} NOT_ALLOWED if the partner was the same person (ACCOUNT-19); NOT_FOUND, TOO_MANY_REQUESTS.
	 */
	async report(
		person: PersonId,
		{ matchId, reason, words, block }: Parsed<'match:report'>,
		network: string,
	): Promise<void> {
		const { store, access, identities, reported } = this.#parts;
		const { match, side } = this.#pastMatchOf(person, matchId);
		const partner = identities.authorOf(match.partnerOf(side));
		if (partner.personId === person)
			throw new CodedError('NOT_ALLOWED', "You can't report yourself.");
		await this.#spendReport(person, network);
		const chat = lastOf(match.messages).map(({ by, body, sentAt }) => ({
			by: by === side ? ('reporter' as const) : ('reported' as const),
			body,
			sentAt,
		}));
		const report = {
			reportId: newReportId(),
			matchId,
			reporter: { ...identities.authorOf(side), personId: person },
			reported: partner,
			reason,
			words,
			chat,
			reportedAt: Date.now(),
		};
		await access.saving(() => store.moderation.report(report));
		reported(reason);
		if (block) await this.block(person, matchId);
	}

	/** @throws {CodedError} TOO_MANY_REQUESTS. */
	async #spendReport(person: PersonId, network: string): Promise<void> {
		try {
			await this.#ofPerson.consume(person);
			await this.#ofNetwork.consume(network);
		} catch (refusal) {
			if (!(refusal instanceof RateLimiterRes)) throw refusal;
			throw new CodedError('TOO_MANY_REQUESTS', "You've sent too many reports. Try again later.");
		}
	}

	/** @throws {CodedError} NOT_FOUND for a match that is not a recent one of this person. */
	#pastMatchOf(person: PersonId, matchId: MatchId): PastMatch {
		const { maker } = this.#parts;
		for (const side of maker.sessionsOf(person))
			if (side.match?.id === matchId) return { match: side.match, side };
		const before = maker.pastMatches.of(person).find(({ match }) => match.id === matchId);
		if (!before)
			throw new CodedError(
				'NOT_FOUND',
				"You didn't meet anyone there, or it's too long ago to report.",
			);
		return before;
	}
}

/** The last messages, as many as a report keeps. */
function lastOf<Line extends { body: string }>(messages: readonly Line[]): Line[] {
	let bytes = 0;
	const from = messages.findLastIndex(({ body }, index) => {
		bytes += Buffer.byteLength(body);
		return bytes > limits.reportedBytes || index < messages.length - limits.reportedLines;
	});
	return messages.slice(from + 1);
}
