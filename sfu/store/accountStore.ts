import type { Suspension } from '#shared/account.ts';
import type { ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId, SessionId } from '#shared/ids.ts';
import type { ChatKey } from './store.ts';

/** Who somebody is, and what holds for them; times are in ms since 1970. */
export type Profile = {
	/** Since when they have an account; null for guests. */
	accountAt: number | null;
	userName: string | null;
	/** What the account is found by: what the user name looks like, see `nameSkeleton`. */
	skeleton: string | null;
	name: string | null;
	colour: number | null;
	suspended: Suspension | null;
	/** Nothing but the id is left of them. */
	deleted: boolean;
	/** Looks after the server: `appointed` by `npm run admin`, `named` if the configuration still names them. */
	administrator: 'appointed' | 'named' | null;
};

/** One sign-in of a person in one browser. */
export type KeptSession = {
	sessionId: SessionId;
	/** What the browser says it is. */
	device: string;
	/** The only room that it is for. */
	roomId: RoomId | null;
	/** When it is, or was, over; null for as long as its cookie lasts. */
	endsAt: number | null;
};

export interface SessionStore {
	/** What is known of both; null for what is not known, which is so for a guest until they connect. */
	find(
		personId: PersonId,
		sessionId: SessionId,
	): Promise<{ profile: Profile | null; session: KeptSession | null }>;
	/** Begins a session of somebody, who is made known. */
	begin(personId: PersonId, session: KeptSession, at: number): Promise<void>;
	/** Those that are not over, the one that was used last first. */
	list(
		personId: PersonId,
		at: number,
	): Promise<(KeptSession & { firstSeenAt: number; lastSeenAt: number })[]>;
	/**
	 * Ends one, all but one, or all of a person's sessions; with all of them their access tokens, too (R220).
	 *
	 * @returns those that were not over before.
	 */
	end(
		personId: PersonId,
		which: { only: SessionId } | { except: SessionId | null },
		at: number,
	): Promise<SessionId[]>;
}

export type NewAccount = {
	userName: string;
	/** `nameSkeleton` of the user name: nobody else has the same. */
	skeleton: string;
	/** Slow to make; null for whoever signs in by an identity provider only. */
	passwordHash: string | null;
	/** Whether the configuration names an administrator so: the account is that administrator from then on (R223). */
	administrator?: boolean;
};

export type Removal = {
	/** Messages that are different now: those of these chats with a later revision. */
	changed: { key: ChatKey; after: number }[];
	/** The rooms they were a member of. */
	rooms: RoomId[];
	/** Who is host of a room now in their place. */
	successors: { roomId: RoomId; member: ChatMember }[];
	/** Others who had this person as a contact, or wrote with them. */
	acquainted: PersonId[];
};

/** The part of the store about accounts; see `Store`. */
export interface AccountStore {
	profile(personId: PersonId): Promise<Profile | null>;
	/** The person is made known. */
	setProfile(
		personId: PersonId,
		change: { name?: string; colour?: number | null },
		at: number,
	): Promise<void>;
	/**
	 * A guest, who is made known, gets an account. Their sessions and access tokens end (R220).
	 *
	 * @throws {CodedError} NAME_TAKEN, also for a name that an administrator had; CONFLICT where they have one.
	 */
	signUp(personId: PersonId, account: NewAccount, name: string | null, at: number): Promise<void>;
	/** Whom a user name belongs to, or one that looks like it. */
	credentials(
		userName: string,
	): Promise<{ personId: PersonId; passwordHash: string | null } | null>;
	passwordHash(personId: PersonId): Promise<string | null>;
	/**
	 * Ends all other sessions of the person, and all access tokens (R73, R220).
	 *
	 * @returns the sessions that were not over before.
	 */
	setPassword(
		personId: PersonId,
		hash: string,
		current: SessionId,
		at: number,
	): Promise<SessionId[]>;
	/**
	 * Who this is that somebody else vouches for. Whoever is not known here becomes `newcomer`, who is made known;
	 * if they are a guest there, the guest gets an account, and their sessions and access tokens end.
	 *
	 * @param account whether those who come this way have an account, and under which name; the first of `names`
	 *   that nobody has is theirs, if any.
	 */
	identify(
		issuer: string,
		subject: string,
		newcomer: PersonId,
		account: { names: Omit<NewAccount, 'passwordHash'>[] } | null,
		at: number,
	): Promise<{ personId: PersonId; isNew: boolean }>;
	hasIdentity(personId: PersonId): Promise<boolean>;
	/**
	 * Binds a name of `accounts.administrators` to the account that has exactly this name, once (R223).
	 *
	 * @returns `bound` now or `known` from before; `gone` where that account was deleted; `free` where nobody has the name.
	 */
	bindAdministrator(name: string, at: number): Promise<'bound' | 'known' | 'gone' | 'free'>;
	/** @returns whether this token was not used before; it is from now on. */
	useToken(tokenId: string, expiresAt: number, at: number): Promise<boolean>;
	/** Null lifts it. The person is made known. */
	suspend(personId: PersonId, suspension: Suspension | null, at: number): Promise<void>;
	/** What a person has here, in numbers. */
	belongings(personId: PersonId): Promise<{ rooms: number; messages: number; tokens: number }>;
	/**
	 * All that a guest has and said becomes another person's: memberships, messages, files, reactions, corrections,
	 * calls, contacts, blocks. Access tokens end (R220). The guest is nobody then. A chat between two in a room stays where both have one
	 * with the same person; of two chats with one person outside of rooms, the guest's is a room of the two then.
	 *
	 * @throws {CodedError} UNAUTHENTICATED where one of them is gone; CONFLICT where the guest is none any more.
	 */
	merge(guest: PersonId, into: PersonId, at: number): Promise<Removal>;
	/**
	 * Leaves nothing of a person but ids. What they wrote stays under `name`, or goes with its files. A room that
	 * would be without a host gets the member who has been there longest.
	 */
	remove(
		personId: PersonId,
		messages: 'keep' | 'remove',
		name: string,
		at: number,
	): Promise<Removal>;
	/** Everything that is kept about a person but their messages. */
	about(personId: PersonId): Promise<AboutPerson>;
	/** Some of a person's messages in the order in which they were written, after this one; none at the end. */
	writtenBy(personId: PersonId, after: number): Promise<Written[]>;
}

export type AboutPerson = {
	profile: Profile | null;
	firstSeenAt: number;
	lastSeenAt: number;
	identities: { issuer: string; subject: string; addedAt: number }[];
	sessions: { device: string; firstSeenAt: number; lastSeenAt: number; endsAt: number | null }[];
	rooms: { roomId: RoomId; name: string; role: string; enteredAt: number }[];
	calls: { roomId: RoomId; name: string; joinedAt: number; leftAt: number | null }[];
	files: { fileId: string; name: string; type: string; size: number; addedAt: number }[];
	reactions: { roomId: RoomId; seq: number; emoji: string; at: number }[];
	corrections: { roomId: RoomId; seq: number; body: string; at: number }[];
	tokens: {
		name: string;
		scope: string;
		madeAt: number;
		usedAt: number | null;
		expiresAt: number | null;
	}[];
	/** The secret of the link by which others add them. */
	contactCode: string | null;
	/** What they chose to be seen as. */
	presence: string | null;
	/** How far they have read. */
	read: { roomId: RoomId; seq: number }[];
	contacts: { personId: PersonId; name: string; addedAt: number }[];
	blocked: { personId: PersonId; name: string; blockedAt: number }[];
	/** Calls from person to person. */
	rings: {
		by: string;
		to: string;
		beganAt: number;
		answeredAt: number | null;
		endedAt: number | null;
		outcome: string | null;
	}[];
	/** To the rules of meeting strangers. */
	agreements: { version: number; agreedAt: number }[];
	/** Those the person made. */
	reports: { about: string; reason: string; words: string; at: number }[];
	/** About them, as far as it was decided on, and without what says who made them. */
	reported: { reason: string; at: number }[];
	/** What administrators did about them. */
	decisions: { action: string; words: string; until: number | null; at: number }[];
	warnings: { words: string; at: number }[];
};

export type Written = {
	/** Where to go on. */
	row: number;
	roomId: RoomId;
	/** The other one, in a chat between two. */
	with: PersonId | null;
	seq: number;
	kind: 'text' | 'deleted' | 'system';
	body: string;
	system: string | null;
	sentAt: number;
	editedAt: number | null;
	edits: { body: string; at: number }[];
};
