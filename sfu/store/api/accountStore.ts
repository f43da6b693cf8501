import type { Suspension } from '#shared/account.ts';
import type { ChatMember } from '#shared/chat.ts';
import type { PersonId, RoomId, SessionId } from '#shared/ids.ts';
import type { ChatKey } from './roomStore.ts';

/** Who a person is, and what applies to them; times are in ms since 1970. */
export type Profile = {
	/** When the account was made; null for guests. */
	accountAt: number | null;
	userName: string | null;
	/** The key by which the account is found: what the user name looks like, see `nameSkeleton`. */
	skeleton: string | null;
	name: string | null;
	colour: number | null;
	suspended: Suspension | null;
	/** The person deleted themselves; only the id remains. */
	deleted: boolean;
	/**
	 * Whether the person is an administrator: `appointed` by `npm run admin`, `named` if the configuration still names
	 * them.
	 */
	administrator: 'appointed' | 'named' | null;
};

/** One sign-in of a person in one browser. */
export type KeptSession = {
	sessionId: SessionId;
	/** What the browser says it is. */
	device: string;
	/** The only room that the session is valid for; null for all rooms. */
	roomId: RoomId | null;
	/** When the session ends or ended; null for as long as its cookie lasts. */
	endsAt: number | null;
};

export interface SessionStore {
	/** The person and the session; null for each that is unknown. A guest is unknown until they connect. */
	find(
		personId: PersonId,
		sessionId: SessionId,
	): Promise<{ profile: Profile | null; session: KeptSession | null }>;
	/** Begins a session. Adds the person if they are unknown. */
	begin(personId: PersonId, session: KeptSession, at: number): Promise<void>;
	/** The sessions that are not over, the one that was used last first. */
	list(
		personId: PersonId,
		at: number,
	): Promise<(KeptSession & { firstSeenAt: number; lastSeenAt: number })[]>;
	/**
	 * Ends one, all but one, or all of a person's sessions. Ending all of them also ends their access tokens (ACCOUNT-11).
	 *
	 * @returns the sessions that were not over before.
	 */
	end(
		personId: PersonId,
		which: { only: SessionId } | { except: SessionId | null },
		at: number,
	): Promise<SessionId[]>;
}

export type NewAccount = {
	userName: string;
	/** `nameSkeleton` of the user name; unique among accounts. */
	skeleton: string;
	/** Made by `SlowHash`; null for a person who signs in by an identity provider only. */
	passwordHash: string | null;
	/**
	 * Whether the configuration names an administrator by this name: the account is that administrator from then on
	 * (ACCOUNT-14).
	 */
	administrator?: boolean;
};

export type Removal = {
	/** The messages that changed: those of these chats with a later revision. */
	changed: { key: ChatKey; after: number }[];
	/** The rooms that the person was a member of. */
	rooms: RoomId[];
	/** The members who became hosts in the person's place. */
	successors: { roomId: RoomId; member: ChatMember }[];
	/** Other people who had this person as a contact or wrote with them. */
	acquainted: PersonId[];
};

/** The part of the store about accounts; see `Store`. */
export interface AccountStore {
	profile(personId: PersonId): Promise<Profile | null>;
	/** Adds the person if they are unknown. */
	setProfile(
		personId: PersonId,
		change: { name?: string; colour?: number | null },
		at: number,
	): Promise<void>;
	/**
	 * Gives a guest an account, adding the person if they are unknown. Their sessions and access tokens end (ACCOUNT-11).
	 *
	 * @throws {CodedError} NAME_TAKEN, also for a name that an administrator had; CONFLICT if they have an account.
	 */
	signUp(personId: PersonId, account: NewAccount, name: string | null, at: number): Promise<void>;
	/** The account that has this user name, or one that looks like it. */
	credentials(
		userName: string,
	): Promise<{ personId: PersonId; passwordHash: string | null } | null>;
	passwordHash(personId: PersonId): Promise<string | null>;
	/**
	 * Ends all other sessions of the person, and all access tokens (ACCOUNT-4, ACCOUNT-11).
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
	 * The person whom another site or provider vouches for. An unknown person becomes `newcomer`, who is added. If they
	 * are a guest there, the guest gets an account, and their sessions and access tokens end.
	 *
	 * @param account whether people who come this way have an account, and under which name: the first of `names`
	 * that is free, if any.
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
	 * Binds a name of `accounts.administrators` to the account that has exactly this name, once (ACCOUNT-14).
	 *
	 * @returns `bound` now or `known` from before; `gone` if that account was deleted; `free` if no account has the
	 * name.
	 */
	bindAdministrator(name: string, at: number): Promise<'bound' | 'known' | 'gone' | 'free'>;
	/** Marks the token as used. @returns whether it was unused before. */
	useToken(tokenId: string, expiresAt: number, at: number): Promise<boolean>;
	/** Null lifts the suspension. Adds the person if they are unknown. */
	suspend(personId: PersonId, suspension: Suspension | null, at: number): Promise<void>;
	/** Counts of what a person has here. */
	ownedCounts(personId: PersonId): Promise<{ rooms: number; messages: number; tokens: number }>;
	/**
	 * Moves everything that a guest has to another person: memberships, messages, files, reactions, corrections, calls,
	 * contacts, blocks. Access tokens end (ACCOUNT-11). The guest no longer exists. If both have a chat with the same person
	 * in a room, each stays. If both have a chat with the same person outside of rooms, the guest's chat becomes a room
	 * of the two.
	 *
	 * @throws {CodedError} UNAUTHENTICATED if one of them is gone; CONFLICT if the guest is no guest any more.
	 */
	merge(guest: PersonId, into: PersonId, at: number): Promise<Removal>;
	/**
	 * Removes everything of a person except ids. Their messages stay under `name`, or are removed with their files. A
	 * room that would have no host gets the longest-standing member as host.
	 */
	remove(
		personId: PersonId,
		messages: 'keep' | 'remove',
		name: string,
		at: number,
	): Promise<Removal>;
	/** Everything that is stored about a person except their messages. */
	about(personId: PersonId): Promise<AboutPerson>;
	/** Some of a person's messages in the order in which they were written, after this one; empty at the end. */
	writtenBy(personId: PersonId, after: number): Promise<Written[]>;
}

export type AboutPerson = {
	profile: Profile | null;
	firstSeenAt: number;
	lastSeenAt: number;
	identities: { issuer: string; subject: string; addedAt: number }[];
	sessions: { device: string; firstSeenAt: number; lastSeenAt: number; endsAt: number | null }[];
	rooms: {
		roomId: RoomId;
		roomName: string | null;
		name: string;
		role: string;
		label: string | null;
		enteredAt: number;
	}[];
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
	/** The browsers that get notifications by a push service. */
	pushes: { endpoint: string; addedAt: number }[];
	/** The secret of the link by which other people add them. */
	contactCode: string | null;
	/** The state that they chose to show. */
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
	/** Agreements to the rules of meeting strangers. */
	agreements: { version: number; agreedAt: number }[];
	/** Reports that the person made. */
	reports: { about: string; reason: string; words: string; at: number }[];
	/** Decided reports about the person, without anything that identifies the reporter. */
	reported: { reason: string; at: number }[];
	/** What administrators did about them. */
	decisions: { action: string; words: string; until: number | null; at: number }[];
	warnings: { words: string; at: number }[];
};

export type Written = {
	/** Where to continue. */
	row: number;
	roomId: RoomId;
	/** The other person, in a chat of two. */
	with: PersonId | null;
	seq: number;
	kind: 'text' | 'deleted' | 'system';
	body: string;
	system: string | null;
	sentAt: number;
	editedAt: number | null;
	edits: { body: string; at: number }[];
};
