import type { Generated } from 'kysely';
import type { RoomPolicy } from '#shared/admission.ts';
import type { EncryptionCheck } from '#shared/encryption.ts';
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
 * The tables after the latest migration, the same in both databases. Times are in ms since 1970. A boolean is 1 or 0,
 * because SQLite has no other type for it.
 */
export type Tables = {
	people: {
		person_id: PersonId;
		first_seen_at: number;
		last_seen_at: number;
		/** When the account was made; null for guests. */
		account_at: number | null;
		user_name: string | null;
		/** What the user name looks like, unique; see `nameKeys` for the rare accounts with another key. */
		name_skeleton: string | null;
		password_hash: string | null;
		name: string | null;
		colour: number | null;
		suspended_until: number | null;
		suspended_reason: string | null;
		/** When the person deleted themselves; only the id remains. */
		deleted_at: number | null;
		/** The account that the guest was merged into. */
		merged_into: PersonId | null;
	};
	sessions: {
		session_id: SessionId;
		person_id: PersonId;
		first_seen_at: number;
		last_seen_at: number;
		/** The browser's description of itself. */
		device: Generated<string>;
		/** The only room that the session is valid for; null for all rooms. */
		room_id: RoomId | null;
		/** When the session ends or ended; null for as long as its cookie lasts. */
		ends_at: number | null;
	};
	/** A person's identity elsewhere: at an identity provider, or on a site that sends people in. */
	identities: { issuer: string; subject: string; person_id: PersonId; added_at: number };
	/** Tokens of other applications that were used; each is valid once. */
	used_tokens: { token_id: string; expires_at: number };
	rooms: {
		room_id: RoomId;
		/** `call`: only the people called may enter; `direct`: the chat of two. */
		kind: Generated<'open' | 'call' | 'direct'>;
		/** Whether a token of the operator's own site named it. */
		invited: Generated<0 | 1>;
		/** Given by a host; null until then. */
		name: string | null;
		/** Null for a room that is not end-to-end encrypted. */
		encryption_epoch: number | null;
		encryption_check: EncryptionCheck | null;
		/** Whether somebody was removed since the secret changed. */
		encryption_due: Generated<0 | 1>;
	};
	/** The secret of each epoch that is over, sealed by that of the next one. */
	older_secrets: { room_id: RoomId; epoch: number; box: string };
	room_policies: {
		room_id: RoomId;
		retention: 'forever' | 'days' | 'until-empty';
		retention_days: number | null;
		locked: Generated<0 | 1>;
		knocking: Generated<0 | 1>;
		password_hash: string | null;
		sharing: Generated<'everybody' | 'hosts'>;
		unmuting: Generated<'everybody' | 'hosts'>;
		/** In seconds; 0 without slow mode. */
		slow_mode: Generated<RoomPolicy['slowMode']>;
	};
	memberships: {
		room_id: RoomId;
		person_id: PersonId;
		/** 1, 2, 3 … in the order in which people came. */
		place: number;
		name: string;
		/** A removed person is no member, and may not become one. */
		role: 'host' | 'member' | 'removed';
		entered_at: number;
		/** What hosts call their part in the room. */
		label: string | null;
		/** Whether the member removed the room from their list. */
		unlisted: Generated<0 | 1>;
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
		/** Grows with `seq` within a chat. */
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
		/** The seq of the message it replies to, which retention may have removed since. */
		reply_to: number | null;
		edited_at: number | null;
		/** Whether a host deleted the message of another person. */
		deleted_by_host: 0 | 1;
	};
	/** The earlier texts of edited messages. */
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
		/** The emoji's place among those of the message. */
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
		/** Null until the file is sent, and when its message is gone. */
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
	/** Accounts of administrators. A row outlives its account, so that no other account takes the name. */
	administrators: {
		/** `foldedName` of the user name. */
		name: string;
		person_id: PersonId;
		/** Whether `npm run admin` appointed it; otherwise `accounts.administrators` has to name it. */
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
		/** Whether the call is hidden from the callee. */
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
		/** The messages of the match, as JSON. */
		chat: string;
		reported_at: number;
		/** Whether the report is undecided. */
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
		/** The person concerned; the administrator themself if a room is. */
		person_id: PersonId;
		/** The room concerned, which may be gone by now; null if a person is. */
		room_id: RoomId | null;
		report_id: ReportId | null;
		words: string;
		until: number | null;
	};
	secrets: { name: string; value: string };
	/** The browsers that get notifications by a push service, each by the session that it is signed in with. */
	push_subscriptions: {
		session_id: SessionId;
		person_id: PersonId;
		/** The address that the push service gave the browser. */
		endpoint: string;
		/** The browser's keys, by which notifications are encrypted. */
		p256dh: string;
		auth: string;
		/** Whether it gets messages, too, and not only calls. */
		messages: 0 | 1;
		/** The rooms whose messages it does not get, as JSON. */
		muted: string;
		added_at: number;
	};
	schema_version: { version: number };
};
