import type { PersonId } from '#shared/ids.ts';
import type { AboutPerson, Written } from '../api/accountStore.ts';
import { keyOf } from '../chat/chatRows.ts';
import { loadEdits } from '../chat/messageRows.ts';
import type { Tx } from '../database/database.ts';
import { findPerson, profileOf } from '../people/profiles.ts';

const batchSize = 200;

/** See `AccountStore.about`. */
export async function about(tx: Tx, personId: PersonId): Promise<AboutPerson> {
	const person = await findPerson(tx, personId);
	return {
		profile: await profileOf(tx, personId),
		firstSeenAt: person?.first_seen_at ?? 0,
		lastSeenAt: person?.last_seen_at ?? 0,
		identities: await tx
			.selectFrom('identities')
			.select(['issuer', 'subject', 'added_at as addedAt'])
			.where('person_id', '=', personId)
			.execute(),
		sessions: await tx
			.selectFrom('sessions')
			.select([
				'device',
				'first_seen_at as firstSeenAt',
				'last_seen_at as lastSeenAt',
				'ends_at as endsAt',
			])
			.where('person_id', '=', personId)
			.orderBy('first_seen_at')
			.execute(),
		rooms: await tx
			.selectFrom('memberships')
			.innerJoin('rooms', 'rooms.room_id', 'memberships.room_id')
			.select(['rooms.room_id as roomId', 'rooms.name as roomName'])
			.select(['memberships.name', 'role', 'label', 'entered_at as enteredAt'])
			.where('person_id', '=', personId)
			.orderBy('entered_at')
			.execute(),
		calls: await tx
			.selectFrom('call_participants')
			.innerJoin('calls', 'calls.call_id', 'call_participants.call_id')
			.select([
				'calls.room_id as roomId',
				'call_participants.name',
				'joined_at as joinedAt',
				'left_at as leftAt',
			])
			.where('person_id', '=', personId)
			.orderBy('joined_at')
			.execute(),
		files: await tx
			.selectFrom('files')
			.select(['file_id as fileId', 'name', 'type', 'size', 'added_at as addedAt'])
			.where('owner_id', '=', personId)
			.orderBy('added_at')
			.execute(),
		reactions: await tx
			.selectFrom('reactions')
			.innerJoin('messages', 'messages.id', 'reactions.message_row')
			.innerJoin('chats', 'chats.chat_id', 'messages.chat_id')
			.select(['chats.room_id as roomId', 'messages.seq', 'emoji', 'given_at as at'])
			.where('person_id', '=', personId)
			.orderBy('given_at')
			.execute(),
		corrections: await tx
			.selectFrom('corrections')
			.innerJoin('messages', 'messages.id', 'corrections.message_row')
			.innerJoin('chats', 'chats.chat_id', 'messages.chat_id')
			.select(['chats.room_id as roomId', 'messages.seq', 'corrections.body', 'proposed_at as at'])
			.where('person_id', '=', personId)
			.orderBy('proposed_at')
			.execute(),
		tokens: await tx
			.selectFrom('access_tokens')
			.select(['name', 'scope', 'made_at as madeAt'])
			.select(['used_at as usedAt', 'expires_at as expiresAt'])
			.where('person_id', '=', personId)
			.orderBy('made_at')
			.execute(),
		pushes: await tx
			.selectFrom('push_subscriptions')
			.select(['endpoint', 'added_at as addedAt'])
			.where('person_id', '=', personId)
			.orderBy('added_at')
			.execute(),
		contacts: await tx
			.selectFrom('contacts')
			.select(['contact_id as personId', 'name', 'added_at as addedAt'])
			.where('person_id', '=', personId)
			.orderBy('added_at')
			.execute(),
		blocked: await tx
			.selectFrom('blocks')
			.select(['blocked_id as personId', 'name', 'blocked_at as blockedAt'])
			.where('person_id', '=', personId)
			.orderBy('blocked_at')
			.execute(),
		contactCode: await codeOf(tx, personId),
		presence: await presenceOf(tx, personId),
		read: await tx
			.selectFrom('read_positions')
			.innerJoin('chats', 'chats.chat_id', 'read_positions.chat_id')
			.select(['chats.room_id as roomId', 'seq'])
			.where('person_id', '=', personId)
			.orderBy('chats.chat_id')
			.execute(),
		rings: await ringsOf(tx, personId),
		agreements: await tx
			.selectFrom('match_agreements')
			.select(['version', 'agreed_at as agreedAt'])
			.where('person_id', '=', personId)
			.execute(),
		reports: await tx
			.selectFrom('reports')
			.select(['reported_name as about', 'reason', 'words', 'reported_at as at'])
			.where('reporter_id', '=', personId)
			.orderBy('id')
			.execute(),
		// Without the reporter and the reporter's words, and only once the report is decided.
		reported: await tx
			.selectFrom('reports')
			.select(['reason', 'reported_at as at'])
			.where('reported_id', '=', personId)
			.where('open', '=', 0)
			.orderBy('id')
			.execute(),
		decisions: await tx
			.selectFrom('moderation_log')
			.select(['action', 'words', 'until', 'done_at as at'])
			.where('person_id', '=', personId)
			// The words of a dismissal are a note for the administrators' log.
			.where('action', 'in', ['warn', 'suspend', 'lift'])
			.orderBy('id')
			.execute(),
		warnings: await tx
			.selectFrom('warnings')
			.select(['words', 'warned_at as at'])
			.where('person_id', '=', personId)
			.orderBy('id')
			.execute(),
	};
}

async function codeOf(tx: Tx, personId: PersonId): Promise<string | null> {
	const row = await tx
		.selectFrom('contact_links')
		.select('code')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	return row?.code ?? null;
}

async function presenceOf(tx: Tx, personId: PersonId): Promise<string | null> {
	const row = await tx
		.selectFrom('presence')
		.select('chosen')
		.where('person_id', '=', personId)
		.executeTakeFirst();
	return row?.chosen ?? null;
}

/** Calls from person to person. Calls that are hidden from the callee are left out for the callee. */
async function ringsOf(tx: Tx, personId: PersonId): Promise<AboutPerson['rings']> {
	const rings = await tx
		.selectFrom('rings')
		.selectAll()
		.where((eb) =>
			eb.or([
				eb('caller_id', '=', personId),
				eb.and([eb('callee_id', '=', personId), eb('hidden', '=', 0)]),
			]),
		)
		.orderBy('began_at')
		.execute();
	return rings.map((ring) => ({
		by: ring.caller_name,
		to: ring.callee_name,
		beganAt: ring.began_at,
		answeredAt: ring.answered_at,
		endedAt: ring.ended_at,
		outcome: ring.outcome,
	}));
}

/** See `AccountStore.writtenBy`. */
export async function writtenBy(tx: Tx, personId: PersonId, after: number): Promise<Written[]> {
	const rows = await tx
		.selectFrom('messages')
		.innerJoin('chats', 'chats.chat_id', 'messages.chat_id')
		.select([
			'messages.id',
			'chats.room_id',
			'chats.low',
			'chats.high',
			'messages.seq',
			'messages.kind',
			'messages.body',
			'messages.system',
			'messages.sent_at',
			'messages.edited_at',
		])
		.where('messages.author_id', '=', personId)
		.where('messages.id', '>', after)
		.orderBy('messages.id')
		.limit(batchSize)
		.execute();
	if (rows.length === 0) return [];
	const editsOf = await loadEdits(
		tx,
		rows.map(({ id }) => id),
	);
	return rows.map((row) => ({
		row: row.id,
		roomId: row.room_id,
		with: keyOf(row).pair?.find((one) => one !== personId) ?? null,
		seq: row.seq,
		kind: row.kind,
		body: row.body,
		system: row.system,
		sentAt: row.sent_at,
		editedAt: row.edited_at,
		edits: editsOf(row.id),
	}));
}
