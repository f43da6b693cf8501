import { suspensionEnd } from '#shared/account.ts';
import { CodedError } from '#shared/errors.ts';
import { newRoomId, type PersonId } from '#shared/ids.ts';
import { rulesVersion, type ReportReason } from '#shared/match.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { Chats } from '../chat/chats.ts';
import { restarting } from '../restarting.ts';
import type { Store } from '../store/store.ts';
import { Blocklist } from './blocklist.ts';
import { Identities } from './identities.ts';
import type { Match, Said } from './match.ts';
import { Matchmaker } from './matchmaker.ts';
import { Recourse, type Bonds } from './recourse.ts';
import type { Stay, Wish } from './stay.ts';

type Parts = {
	store: Pick<Store, 'blocks' | 'directs' | 'moderation'>;
	chats: Chats;
	/** What is kept between people beyond their matches. All whom it concerns are told of it. */
	acquaintances: Bonds;
	/** Until when somebody is suspended, in ms since 1970; null if they are not. */
	suspendedUntil: (person: PersonId) => Promise<number | null>;
	/** Told for each of two who meet how long they waited, in ms. */
	waited?: (ms: number) => void;
	/** Told of people who wait or are in a match, and of those who are in neither any more. */
	meets?: (person: PersonId, meets: boolean) => void;
	/** Told of each report that was kept. */
	reported?: (reason: ReportReason) => void;
};

/** People whose agreement is at hand. */
const mostAgreed = 50_000;

/**
 * Meeting strangers, by whatever way somebody asks: the matchmaker, and what is kept around it. Nothing that is said in
 * a match is kept, unless both keep it or one of them reports the other.
 */
export class Matches {
	readonly maker: Matchmaker;
	readonly #parts: Parts;
	/** Who must not meet whom. */
	readonly known: Blocklist;
	readonly #agreed = new Set<PersonId>();
	readonly #identities = new Identities();
	#draining = false;
	/** What people can do about those they met. */
	readonly recourse: Recourse;
	/** What is being kept of a match that both would like to keep: one thing after the other, in the order in which it was said. */
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
		this.recourse = new Recourse({
			...{ store: parts.store, access: parts.chats.access, maker: this.maker },
			...{ known: this.known, identities: this.#identities, bonds: parts.acquaintances },
			reported: (reason) => parts.reported?.(reason),
		});
	}

	/** Whether this person agreed to the rules as they are now (R97). */
	async agreed(person: PersonId): Promise<boolean> {
		if (this.#agreed.has(person)) return true;
		const version = await this.#reading(() => this.#parts.store.moderation.agreed(person));
		if (version !== rulesVersion) return false;
		this.#noteAgreed(person);
		return true;
	}

	/**
	 * Into the queue (R98).
	 *
	 * @throws {CodedError} NOT_ALLOWED without agreeing to the rules, or while suspended; LIMIT_REACHED; UNAVAILABLE while draining.
	 */
	async start(
		stay: Stay,
		{ agree, ...wish }: Wish & { agree?: number | undefined },
	): Promise<number> {
		if (this.#draining) throw restarting();
		const { personId } = stay;
		const until = await this.#reading(() => this.#parts.suspendedUntil(personId));
		if (until !== null) throw suspended(until);
		if (!(await this.agreed(personId))) await this.#agree(personId, agree);
		await this.known.read(personId);
		return this.maker.start(stay, wish);
	}

	/** Says something to the partner; of two who keep it, it is kept too (R102). */
	async post(stay: Stay, input: Parsed<'match:post'>): Promise<Data<'match:post'>> {
		const { match, message, isNew } = this.maker.post(stay, input);
		if (isNew && match.kept) {
			const said = match.said.slice(-1);
			await this.#inTurn(match, () => this.#store(stay, match, said));
		}
		return { message };
	}

	/** Would like to stay in touch; once both would, they are contacts, and what was said is kept (R103). */
	async keep(stay: Stay, { matchId, keep }: Parsed<'match:keep'>): Promise<void> {
		const match = this.maker.keep(stay, matchId, keep);
		if (!match) return;
		const partner = match.partnerOf(stay);
		const [one, other] = [this.#identities.authorOf(stay), this.#identities.authorOf(partner)];
		try {
			const said = [...match.said];
			await this.#inTurn(match, async () => {
				await this.#parts.acquaintances.befriend(one, other);
				await this.#store(stay, match, said);
			});
		} catch (error) {
			// Pressing again tries again.
			match.keep(stay, false);
			partner.listener.keep(matchId, false);
			throw error;
		}
		for (const side of [stay, partner]) side.listener.kept(matchId);
	}

	/**
	 * A guest was merged into an account: whom one of them must not meet, the other must not, also in a match that goes on, and
	 * what is said about the guest from now on is about the account (R122).
	 */
	async became(guest: PersonId, account: PersonId): Promise<void> {
		this.#identities.became(guest, account);
		this.maker.encounters.became(guest, account);
		await this.known.read(account);
		const apart = this.known.apart(account);
		for (const other of apart) this.known.add(account, other);
		this.maker.separate(account, apart);
	}

	/** One of them blocked the other, wherever that was: they do not meet, and a match of the two that goes on ends (R160). */
	blocked(owner: PersonId, blocked: PersonId): void {
		this.known.add(owner, blocked);
		this.maker.separate(owner, new Set([blocked]));
	}

	/** From now on nobody new is taken into the queue. */
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
		if (this.#agreed.size >= mostAgreed) this.#agreed.clear();
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

	/** Puts what was said into the chat of the two. */
	async #store(stay: Stay, match: Match, said: readonly Said[]): Promise<void> {
		const { directs } = this.#parts.store;
		const [one, other] = [
			this.#identities.authorOf(stay),
			this.#identities.authorOf(match.partnerOf(stay)),
		];
		const now = Date.now();
		const roomId = await this.#saving(() => directs.open(one, other, newRoomId(), now));
		// One after the other, for their order is what was said.
		for (const { by, messageId, body } of said) {
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
		`The administrators suspended you from meeting strangers ${suspensionEnd(until)}.`,
	);
}
