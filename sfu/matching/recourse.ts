import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import { newReportId, type MatchId, type PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ReportReason } from '#shared/match.ts';
import type { Author } from '#shared/members.ts';
import type { Parsed } from '#shared/protocol.ts';
import type { Access } from '../chat/access.ts';
import type { Store } from '../store/store.ts';
import type { Blocklist } from './blocklist.ts';
import type { Encounter } from './encounters.ts';
import type { Identities } from './identities.ts';
import type { Matchmaker } from './matchmaker.ts';
import type { Stay } from './stay.ts';

/** What is kept between people beyond their matches. */
export type Bonds = {
	/** Keeps that somebody blocked this person. */
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
	bonds: Bonds;
	/** Told of each report that was kept. */
	reported: (reason: ReportReason) => void;
};

/** In seconds, as the budgets want it. */
const hour = 60 * 60;

/**
 * What people can do about those they met: while they are together, and for a while after it, from whichever window and over
 * whichever connection.
 */
export class Recourse {
	readonly #parts: Parts;
	/** Reports of each person, and from each network: what they hold is kept until it is decided on. */
	readonly #ofPerson = new RateLimiterMemory({ points: limits.reports.person, duration: hour });
	readonly #ofNetwork = new RateLimiterMemory({ points: limits.reports.network, duration: hour });

	constructor(parts: Parts) {
		this.#parts = parts;
	}

	/**
	 * The match that goes on, or the last one.
	 *
	 * @param through which of the person's windows and clients are meant.
	 * @throws {CodedError} NOT_FOUND where there was none lately.
	 */
	latest(person: PersonId, through: (stay: Stay) => boolean): MatchId {
		const { maker } = this.#parts;
		const going = maker.staysOf(person).find((stay) => stay.match && through(stay));
		const before = maker.encounters.of(person).find(({ side }) => through(side));
		const match = going?.match ?? before?.match;
		if (!match) throw new CodedError('NOT_FOUND', 'You have not met anybody lately.');
		return match.id;
	}

	/** Never meets this one again, and goes on to the next, if they are together still (R104). */
	async block(person: PersonId, matchId: MatchId): Promise<void> {
		const { maker, known, identities, bonds } = this.#parts;
		const { match, side } = this.#met(person, matchId);
		const partner = identities.authorOf(match.partnerOf(side));
		known.add(person, partner.personId);
		if (side.match === match) maker.next(side, matchId);
		await bonds.blockMet(person, partner);
	}

	/**
	 * Tells the administrators, with what was written in the match (R105).
	 *
	 * @param network where the person is connected from, as `addressBlock` names it.
	 * @throws {CodedError} NOT_ALLOWED where the partner was oneself (R120); NOT_FOUND, TOO_MANY_REQUESTS.
	 */
	async report(
		person: PersonId,
		{ matchId, reason, words, block }: Parsed<'match:report'>,
		network: string,
	): Promise<void> {
		const { store, access, identities, reported } = this.#parts;
		const { match, side } = this.#met(person, matchId);
		const partner = identities.authorOf(match.partnerOf(side));
		if (partner.personId === person)
			throw new CodedError('NOT_ALLOWED', 'You cannot report yourself.');
		await this.#spendReport(person, network);
		const chat = lastOf(match.said).map(({ by, body, sentAt }) => ({
			by: by === side ? ('reporter' as const) : ('reported' as const),
			body,
			sentAt,
		}));
		const report = {
			reportId: newReportId(),
			matchId,
			reporter: { ...identities.authorOf(side), personId: person },
			reported: partner,
			...{ reason, words, chat },
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
			throw new CodedError('TOO_MANY_REQUESTS', 'Too many reports in an hour. Try again later.');
		}
	}

	/** @throws {CodedError} NOT_FOUND for whom one has not met lately. */
	#met(person: PersonId, matchId: MatchId): Encounter {
		const { maker } = this.#parts;
		for (const side of maker.staysOf(person))
			if (side.match?.id === matchId) return { match: side.match, side };
		const before = maker.encounters.of(person).find(({ match }) => match.id === matchId);
		if (!before)
			throw new CodedError(
				'NOT_FOUND',
				'You have not met anybody there, or it was too long ago to do anything about it.',
			);
		return before;
	}
}

/** The last of what was written, as much as a report keeps. */
function lastOf<Line extends { body: string }>(said: readonly Line[]): Line[] {
	let bytes = 0;
	const from = said.findLastIndex(({ body }, index) => {
		bytes += Buffer.byteLength(body);
		return bytes > limits.reportedBytes || index < said.length - limits.reportedLines;
	});
	return said.slice(from + 1);
}
