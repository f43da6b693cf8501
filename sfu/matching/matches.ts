import { suspensionEnd } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { newRoomId, type PersonId } from '#shared/ids.ts';
import { rulesVersion, type ReportReason } from '#shared/match.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Chats } from '../chat/chats.ts';
import { restarting } from '../platform/restarting.ts';
import type { Store } from '../store/api/store.ts';
import { Blocklist } from '../moderation/blocklist.ts';
import { Identities } from './identities.ts';
import type { Match, SentMessage, MatchSession, Wish } from './match.ts';
import { Matchmaker } from './matchmaker.ts';
import { MatchReports, type Relationships } from './matchReports.ts';

type Parts = {
	store: Pick<Store, 'blocks' | 'directs' | 'moderation'>;
	chats: Chats;
	/** The stored relations between people beyond their matches. It tells the people concerned. */
	acquaintances: Relationships;
	/** The end of a person's suspension, in ms since 1970; null if they are not suspended. */
	suspendedUntil: (person: PersonId) => Promise<number | null>;
	/** Told for each person of a new pair how long they waited, in ms. */
	waited?: (ms: number) => void;
	/** Told when a person begins or stops waiting or being in a match. */
	meets?: (person: PersonId, meets: boolean) => void;
	/** Makes this node the one where strangers meet: one of several is. */
	claim?: (() => Promise<void>) | undefined;
	/** Told of each stored report. */
	reported?: (reason: ReportReason) => void;
};

/** How many people's agreements are cached. */
const maxAgreements = 50_000;

/**
 * Meeting strangers, by sockets and by HTTP: the matchmaker and the stored data around it. Messages of a match are not
 * stored, unless both people keep them or one of them reports the other.
 */
export class Matches {
	readonly maker: Matchmaker;
	readonly #parts: Parts;
	readonly known: Blocklist;
	readonly #agreed = new Set<PersonId>();
	readonly #identities = new Identities();
	#draining = false;
	/** Reports and blocks of partners. */
	readonly reports: MatchReports;
	/** The messages that are being stored of a match that both keep, one after the other in their order. */
	readonly #keeping = new WeakMap<Match, Promise<unknown>>();

	constructor(parts: Parts) {
		this.#parts = parts;
		const { blocks } = parts.store;
		this.known = new Blocklist(async (person) => {
			const [theirs, of] = await this.#reading(() =>
				Promise.all([blocks.list(person), blocks.of(person)]),
			);
			return [...theirs.map(({ personId }) => personId), ...of];
		});
		this.maker = new Matchmaker(this.known, parts.waited, parts.meets);
		this.reports = new MatchReports({
			store: parts.store,
			access: parts.chats.access,
			maker: this.maker,
			known: this.known,
			identities: this.#identities,
			relationships: parts.acquaintances,
			reported: (reason) => parts.reported?.(reason),
		});
	}

	/** @throws {CodedError} ELSEWHERE if strangers meet on another node; UNAVAILABLE while nobody can tell. */
	async claim(): Promise<void> {
		await this.#parts.claim?.();
	}

	/** Whether this person agreed to the current version of the rules (MATCH-3). */
	async agreed(person: PersonId): Promise<boolean> {
		if (this.#agreed.has(person)) return true;
		const version = await this.#reading(() => this.#parts.store.moderation.agreed(person));
		if (version !== rulesVersion) return false;
		this.#noteAgreed(person);
		return true;
	}

	/**
	 * Puts the session into the queue (MATCH-4).
	 *
	 * @throws {CodedError} NOT_ALLOWED without agreement to the rules, or while suspended; LIMIT_REACHED; UNAVAILABLE
	 * while
	 * draining.
	 */
	async start(
		session: MatchSession,
		{ agree, ...wish }: Wish & { agree?: number | undefined },
	): Promise<number> {
		await this.claim();
		if (this.#draining) throw restarting();
		const { personId } = session;
		const until = await this.#reading(() => this.#parts.suspendedUntil(personId));
		if (until !== null) throw suspended(until);
		if (!(await this.agreed(personId))) await this.#agree(personId, agree);
		await this.known.read(personId);
		return this.maker.start(session, wish);
	}

	/** Sends a message to the partner; if both keep the match, the message is stored too (MATCH-9). */
	async post(session: MatchSession, input: Parsed<'match:post'>): Promise<Data<'match:post'>> {
		const { match, message, isNew } = this.maker.post(session, input);
		if (isNew && match.isKept) {
			const messages = match.messages.slice(-1);
			await this.#inTurn(match, () => this.#store(session, match, messages));
		}
		return { message };
	}

	/** The person wants to stay in touch. Once both do, they are contacts and the messages are stored (MATCH-10). */
	async keep(session: MatchSession, { matchId, keep }: Parsed<'match:keep'>): Promise<void> {
		const match = this.maker.keep(session, matchId, keep);
		if (!match) return;
		const partner = match.partnerOf(session);
		const [one, other] = [this.#identities.authorOf(session), this.#identities.authorOf(partner)];
		try {
			const messages = [...match.messages];
			await this.#inTurn(match, async () => {
				await this.#parts.acquaintances.befriend(one, other);
				await this.#store(session, match, messages);
			});
		} catch (error) {
			// So that pressing again tries again.
			match.keep(session, false);
			partner.listener.keep(matchId, false);
			throw error;
		}
		for (const side of [session, partner]) side.listener.kept(matchId);
	}

	/**
	 * A guest was merged into an account. The blocks of each apply to both, also in a running match. Reports about the
	 * guest are about the account from now on (ACCOUNT-21).
	 */
	async became(guest: PersonId, account: PersonId): Promise<void> {
		this.#identities.became(guest, account);
		this.maker.pastMatches.became(guest, account);
		await this.known.read(account);
		const apart = this.known.apart(account);
		for (const other of apart) this.known.add(account, other);
		this.maker.separate(account, apart);
	}

	/** One of the two blocked the other, anywhere: they do not meet, and their running match ends (MATCH-15). */
	blocked(owner: PersonId, blocked: PersonId): void {
		this.known.add(owner, blocked);
		this.maker.separate(owner, new Set([blocked]));
	}

	/** Takes no new sessions into the queue. */
	drain(): void {
		this.#draining = true;
	}

	close(): void {
		this.maker.close();
	}

	async #agree(person: PersonId, agree: number | undefined): Promise<void> {
		if (agree !== rulesVersion)
			throw new CodedError(
				'NOT_ALLOWED',
				`Agree to the rules of meeting strangers first: send "agree": ${rulesVersion}.`,
			);
		const { moderation } = this.#parts.store;
		await this.#saving(() => moderation.agree(person, rulesVersion, Date.now()));
		this.#noteAgreed(person);
	}

	#noteAgreed(person: PersonId): void {
		if (this.#agreed.size >= maxAgreements) this.#agreed.clear();
		this.#agreed.add(person);
	}

	#inTurn(match: Match, task: () => Promise<void>): Promise<void> {
		const turn = (this.#keeping.get(match) ?? Promise.resolve()).then(task);
		this.#keeping.set(
			match,
			turn.catch(() => undefined),
		);
		return turn;
	}

	/** Stores messages in the chat of the two. */
	async #store(
		session: MatchSession,
		match: Match,
		messages: readonly SentMessage[],
	): Promise<void> {
		const { directs } = this.#parts.store;
		const [one, other] = [
			this.#identities.authorOf(session),
			this.#identities.authorOf(match.partnerOf(session)),
		];
		const now = Date.now();
		const roomId = await this.#saving(() => directs.open(one, other, newRoomId(), now));
		// One after the other, to keep their order.
		for (const { by, messageId, body } of messages) {
			const draft = { body, replyTo: null, mentions: [], files: [] };
			await this.#parts.chats.post(by.personId, { chat: { roomId }, messageId, draft });
		}
	}

	#reading<T>(read: () => Promise<T>): Promise<T> {
		return this.#parts.chats.access.reading(read);
	}

	#saving<T>(save: () => Promise<T>): Promise<T> {
		return this.#parts.chats.access.saving(save);
	}
}

function suspended(until: number): CodedError {
	return new CodedError(
		'NOT_ALLOWED',
		`The administrators have suspended you from meeting strangers ${suspensionEnd(until)}.`,
	);
}
