import type { ExpressionBuilder } from 'kysely';
import type { Retention } from '#shared/chat.ts';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import { addRooms } from '../chat/chatRows.ts';
import type { Database, Tx } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { encrypt, olderSecrets, rekey, setDue } from './encryption.ts';
import {
	addMember,
	asMember,
	changeMember,
	hasHost,
	isInvited,
	lockRoom,
	memberOf,
	membersOf,
} from './memberships.ts';
import { addPerson, goneAmong, lockPerson } from '../people/people.ts';
import { columnsOfPolicy, putPolicy, rulesOf } from './policies.ts';
import type { RoomStore, RoomSummary } from '../api/store.ts';
import { unreadOfRooms } from '../chat/unread.ts';

export function roomStore(database: Database): RoomStore {
	const { db } = database;

	return {
		enter: (roomId, personId, name, at) =>
			database.write(async (tx) => {
				const known = await memberOf(tx, roomId, personId);
				if (known?.role === 'removed') throw new CodedError('REMOVED');
				if (known) {
					if (known.name !== name) await changeMember(tx, roomId, personId, { name });
					return { member: { ...known, role: known.role, name }, isNew: false };
				}
				await addPerson(tx, personId, at);
				await lockPerson(database, tx, personId);
				if ((await goneAmong(tx, [personId])).size > 0) throw new CodedError('UNAUTHENTICATED');
				await addRooms(tx, [roomId]);
				await lockRoom(database, tx, roomId);
				// Another tab may have added them at the same moment.
				const added = await memberOf(tx, roomId, personId);
				if (added?.role === 'removed') throw new CodedError('REMOVED');
				if (added) return { member: { ...added, role: added.role }, isNew: false };
				const isFound = (await hasHost(tx, roomId)) || (await isInvited(tx, roomId));
				const role = isFound ? 'member' : 'host';
				await addMember(tx, roomId, { personId, name, role }, at);
				return { member: { personId, name, role }, isNew: true };
			}),

		invite: (roomId) =>
			database.write(async (tx) => {
				await addRooms(tx, [roomId]);
				await lockRoom(database, tx, roomId);
				const room = await tx
					.selectFrom('rooms')
					.select(['kind', 'invited', 'encryption_epoch'])
					.where('room_id', '=', roomId)
					.executeTakeFirstOrThrow();
				if (room.kind !== 'open') throw new CodedError('BAD_TOKEN');
				// A site that sends people in would have to know the secret, which the server never gets.
				if (room.encryption_epoch !== null) throw new CodedError('ENCRYPTED');
				if (room.invited === 1) return [];
				await tx.updateTable('rooms').set({ invited: 1 }).where('room_id', '=', roomId).execute();
				const hosts = await membersOf(tx, roomId, ['host']);
				for (const { personId } of hosts)
					await changeMember(tx, roomId, personId, { role: 'member' });
				return hosts.map((host) => ({ ...host, role: 'member' as const }));
			}),

		openCall: (roomId, caller, at) =>
			database.write(async (tx) => {
				await addPerson(tx, caller.personId, at);
				const { numInsertedOrUpdatedRows } = await tx
					.insertInto('rooms')
					.values({ room_id: roomId, kind: 'call' })
					.onConflict((conflict) => conflict.column('room_id').doNothing())
					.executeTakeFirstOrThrow();
				if (numInsertedOrUpdatedRows !== 1n) {
					const { kind } = await rulesOf(tx, roomId);
					return kind === 'call' && (await memberOf(tx, roomId, caller.personId))?.role === 'host';
				}
				await putPolicy(tx, roomId, { locked: 1 });
				await addMember(tx, roomId, { ...caller, role: 'host' }, at);
				return true;
			}),

		member: async (roomId, personId) => asMember(await memberOf(db, roomId, personId)),

		members: async (roomId) =>
			(await membersOf(db, roomId, ['host', 'member'])).flatMap((one) => asMember(one) ?? []),

		rules: (roomId) => database.read((tx) => rulesOf(tx, roomId)),

		setPolicy: (roomId, change) =>
			database.write(async (tx) => {
				await addRooms(tx, [roomId]);
				await putPolicy(tx, roomId, columnsOfPolicy(change));
			}),

		encrypt: (roomId, check) => database.write((tx) => encrypt(tx, roomId, check)),

		rekey: (roomId, next) => database.write((tx) => rekey(tx, roomId, next)),

		olderSecrets: (roomId) => database.read((tx) => olderSecrets(tx, roomId)),

		setRole: (roomId, person, role, at) =>
			database.write(async (tx) => {
				await addPerson(tx, person.personId, at);
				await addRooms(tx, [roomId]);
				await lockRoom(database, tx, roomId);
				const known = await memberOf(tx, roomId, person.personId);
				if (known) await changeMember(tx, roomId, person.personId, { role });
				else await addMember(tx, roomId, { ...person, role }, at);
				if (role === 'removed') await setDue(tx, roomId);
				// Checked after the change, whatever removed the last host.
				if (known?.role === 'host' && !(await hasHost(tx, roomId)))
					throw new CodedError(
						'CONFLICT',
						'A room needs at least one host. Make someone else a host first.',
					);
				return asMember({ ...person, ...known, role });
			}),

		name: async (roomId) => {
			const row = await db
				.selectFrom('rooms')
				.select('name')
				.where('room_id', '=', roomId)
				.executeTakeFirst();
			return row?.name ?? null;
		},

		setName: async (roomId, name) => {
			await db.updateTable('rooms').set({ name }).where('room_id', '=', roomId).execute();
		},

		setLabel: (roomId, personId, label) =>
			database.write(async (tx) => {
				await changeMember(tx, roomId, personId, { label });
				return asMember(await memberOf(tx, roomId, personId));
			}),

		setListed: async (roomId, personId, listed) => {
			await db
				.updateTable('memberships')
				.set({ unlisted: listed ? 0 : 1 })
				.where('room_id', '=', roomId)
				.where('person_id', '=', personId)
				.execute();
		},

		retention: async (roomId) => {
			const row = await db
				.selectFrom('room_policies')
				.select(['retention', 'retention_days'])
				.where('room_id', '=', roomId)
				.executeTakeFirst();
			return toRetention(row?.retention ?? 'forever', row?.retention_days ?? null);
		},

		setRetention: (roomId, retention) =>
			database.write(async (tx) => {
				await addRooms(tx, [roomId]);
				const policy = {
					retention: retention.kind,
					retention_days: retention.kind === 'days' ? retention.days : null,
				};
				await putPolicy(tx, roomId, policy);
			}),

		roomsOf: (personId) => database.read((tx) => roomsOf(tx, personId)),
	};
}

function toRetention(kind: Retention['kind'], days: number | null): Retention {
	return kind === 'days' ? { kind, days: days ?? 1 } : { kind };
}

async function roomsOf(tx: Tx, personId: PersonId): Promise<RoomSummary[]> {
	const rooms = await tx
		.selectFrom('memberships')
		.innerJoin('rooms', 'rooms.room_id', 'memberships.room_id')
		.select(['rooms.room_id', 'rooms.name', 'rooms.encryption_epoch', 'role'])
		.select((eb) => othersOf(personId)(eb))
		.where('person_id', '=', personId)
		.where('role', '!=', 'removed')
		.where('kind', '=', 'open')
		.where('unlisted', '=', 0)
		.orderBy('entered_at', 'desc')
		.execute();
	const summaries = new Map<RoomId, RoomSummary>(
		rooms.map(({ room_id: roomId, name, encryption_epoch, role, others, first, second, third }) => {
			const names = [first, second, third].filter((one) => one !== null);
			// Nothing of an encrypted room can be read outside of it.
			const isEncrypted = encryption_epoch !== null;
			const [title, people] = isEncrypted ? [null, []] : [name, names];
			const known = { roomId, name: title, host: role === 'host', people, others: others ?? 0 };
			return [roomId, { ...known, lastAt: null, unread: 0 }];
		}),
	);
	for (const { room_id, last_at, unread } of await unreadOfRooms(tx, personId)) {
		const summary = summaries.get(room_id);
		if (!summary) continue;
		summary.lastAt = Math.max(summary.lastAt ?? 0, last_at);
		summary.unread += unread;
	}
	return [...summaries.values()].sort((a, b) => (b.lastAt ?? -1) - (a.lastAt ?? -1));
}

/** The names of the first other members, and how many others there are. */
const othersOf = (personId: PersonId) => (eb: ExpressionBuilder<Tables, 'rooms'>) => {
	const others = eb
		.selectFrom('memberships as others')
		.whereRef('others.room_id', '=', 'rooms.room_id')
		.where('others.person_id', '!=', personId)
		.where('others.role', '!=', 'removed');
	const nth = (place: number) =>
		others.select('others.name').orderBy('others.place').limit(1).offset(place);
	return [
		others.select((count) => count.fn.countAll<number>().as('count')).as('others'),
		nth(0).as('first'),
		nth(1).as('second'),
		nth(2).as('third'),
	] as const;
};
