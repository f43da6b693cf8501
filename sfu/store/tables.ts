import type { Generated } from 'kysely';
import type { RingOutcome } from '#shared/systemEvent.ts';
import type { ChosenState } from '#shared/people.ts';
import type {
	CallId,
	ContactCode,
	FileId,
	MatchId,
	MessageId,
	PeerId,
	PersonId,
	ReportId,
	RingId,
	RoomId,
	SessionId,
	TokenId,
} from '#shared/ids.ts';
import type { ReportReason } from '#shared/match.ts';
import type { ModerationAction } from '#shared/moderation.ts';

/**
 * The tables as the latest migration leaves them, the same in both databases. Times are in ms since 1970;
 * a yes or no is 1 or 0, because SQLite has nothing else.
 */
export type Tables = {
	people: {
		person_id: PersonId;
		first_seen_at: number;
		last_seen_at: number;
		/** Since when they have an account; null for guests. */
		account_at: number | null;
		user_name: string | null;
		/** What the user name looks like; see `nameKeys` for the rare one that has another key. Only one person has it. */
		name_skeleton: string | null;
		password_hash: string | null;
		name: string | null;
		colour: number | null;
		suspended_until: number | null;
		suspended_reason: string | null;
		/** Nothing but the id is left of them. */
		deleted_at: number | null;
		/** The account that took them in. */
		merged_into: PersonId | null;
	};
	sessions: {
		session_id: SessionId;
		person_id: PersonId;
		first_seen_at: number;
		last_seen_at: number;
		/** What the browser said it is. */
		device: Generated<string>;
		/** The only room that it is for. */
		room_id: RoomId | null;
		/** When it is, or was, over; null for as long as its cookie lasts. */
		ends_at: number | null;
	};
	/** Who somebody is elsewhere: at an identity provider, or on a site that sends people in. */
	identities: { issuer: string; subject: string; person_id: PersonId; added_at: number };
	/** Tokens of other applications, each of which counts once. */
	used_tokens: { token_id: string; expires_at: number };
	rooms: {
		room_id: RoomId;
		/** `call`: for those who are called into it; `direct`: the chat of two. */
		kind: Generated<'open' | 'call' | 'direct'>;
		/** Whether a token of the operator's own site named it. */
		invited: Generated<0 | 1>;
	};
	room_policies: {
		room_id: RoomId;
		retention: 'forever' | 'days' | 'until-empty';
		retention_days: number | null;
		locked: Generated<0 | 1>;
		knocking: Generated<0 | 1>;
		password_hash: string | null;
		sharing: Generated<'everybody' | 'hosts'>;
		unmuting: Generated<'everybody' | 'hosts'>;
	};
	memberships: {
		room_id: RoomId;
		person_id: PersonId;
		/** 1, 2, 3 … in the order in which people came. */
		place: number;
		name: string;
		/** Who was removed is no member, and may not become one. */
		role: 'host' | 'member' | 'removed';
		entered_at: number;
	};
	calls: {
		call_id: CallId;
		room_id: RoomId;
		began_at: number;
		ended_at: number | null;
		alive_at: number;
	};
	call_participants: {
		call_id: CallId;
		peer_id: PeerId;
		person_id: PersonId;
		name: string;
		joined_at: number;
		left_at: number | null;
	};
	chats: {
		chat_id: Generated<number>;
		room_id: RoomId;
		/** The two people, in the order of their ids; empty in the room's own chat. */
		low: PersonId | '';
		high: PersonId | '';
		first_seq: number;
		last_seq: number;
		revision: number;
		/** When the last message was sent. */
		last_at: number;
	};
	messages: {
		/** Within a chat it grows with `seq`. */
		id: Generated<number>;
		chat_id: number;
		seq: number;
		message_id: MessageId;
		revision: number;
		sent_at: number;
		author_id: PersonId;
		author_name: string;
		kind: 'text' | 'deleted' | 'system';
		body: string;
		/** A system line's event as JSON. */
		system: string | null;
		/** The seq of the message it answers, which retention may have removed since. */
		reply_to: number | null;
		edited_at: number | null;
	};
	/** What messages said before they were edited. */
	edits: { id: Generated<number>; message_row: number; body: string; written_at: number };
	mentions: {
		message_row: number;
		person_id: PersonId;
		place: number;
		chat_id: number;
		seq: number;
	};
	reactions: {
		id: Generated<number>;
		message_row: number;
		emoji: string;
		/** Of the emoji among those of the message. */
		place: number;
		person_id: PersonId;
		given_at: number;
	};
	corrections: {
		message_row: number;
		person_id: PersonId;
		name: string;
		body: string;
		proposed_at: number;
	};
	files: {
		file_id: FileId;
		chat_id: number;
		owner_id: PersonId;
		name: string;
		type: string;
		size: number;
		width: number | null;
		height: number | null;
		added_at: number;
		/** Null as long as it is not sent, and when its message is gone. */
		message_row: number | null;
		place: number;
		doomed: 0 | 1;
	};
	read_positions: { chat_id: number; person_id: PersonId; seq: number };
	access_tokens: {
		token_id: TokenId;
		person_id: PersonId;
		name: string;
		hash: string;
		made_at: number;
		used_at: number | null;
		expires_at: number | null;
		scope: Generated<'read' | 'write'>;
	};
	/** Accounts that look after the server. A row outlives its account, so that nobody else takes the name. */
	administrators: {
		/** `foldedName` of the user name. */
		name: string;
		person_id: PersonId;
		/** Whether `npm run admin` said so; else `accounts.administrators` has to. */
		appointed: 0 | 1;
		since: number;
	};
	contacts: { person_id: PersonId; contact_id: PersonId; name: string; added_at: number };
	contact_links: { person_id: PersonId; code: ContactCode };
	blocks: { person_id: PersonId; blocked_id: PersonId; name: string; blocked_at: number };
	presence: { person_id: PersonId; chosen: ChosenState };
	/** The two people in the order of their ids. */
	direct_rooms: { low: PersonId; high: PersonId; room_id: RoomId };
	rings: {
		ring_id: RingId;
		room_id: RoomId;
		caller_id: PersonId;
		caller_name: string;
		callee_id: PersonId;
		callee_name: string;
		video: 0 | 1;
		/** Whether the callee is not to know of it. */
		hidden: 0 | 1;
		began_at: number;
		answered_at: number | null;
		ended_at: number | null;
		outcome: RingOutcome | null;
	};
	match_agreements: { person_id: PersonId; version: number; agreed_at: number };
	reports: {
		id: Generated<number>;
		report_id: ReportId;
		match_id: MatchId;
		reporter_id: PersonId;
		reporter_name: string;
		reported_id: PersonId;
		reported_name: string;
		reason: ReportReason;
		words: string;
		/** What was written in the match, as JSON. */
		chat: string;
		reported_at: number;
		/** Whether nobody decided on it yet. */
		open: 0 | 1;
	};
	warnings: {
		id: Generated<number>;
		person_id: PersonId;
		words: string;
		warned_at: number;
		seen_at: number | null;
	};
	moderation_log: {
		id: Generated<number>;
		done_at: number;
		by_id: PersonId;
		action: ModerationAction;
		person_id: PersonId;
		report_id: ReportId | null;
		words: string;
		until: number | null;
	};
	schema_version: { version: number };
};
