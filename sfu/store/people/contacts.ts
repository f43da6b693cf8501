import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { limits } from '#shared/limits.ts';
import type { ContactStore } from '../api/acquaintanceStore.ts';
import type { Database, Tx } from '../database/database.ts';
import { addPerson, lockPerson } from './people.ts';

/** The most memberships that are read to find people who share a room. */
const maxMemberships = 5_000;

export function contactStore(database: Database): ContactStore {
	const { db } = database;

	return {
		add: (owner, { personId, name }, at) =>
			database.write(async (tx) => {
				await addPerson(tx, owner, at);
				await addPerson(tx, personId, at);
				await lockPerson(database, tx, owner);
				const { count } = await tx
					.selectFrom('contacts')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('person_id', '=', owner)
					.where('contact_id', '!=', personId)
					.executeTakeFirstOrThrow();
				if (count >= limits.contacts)
					throw new CodedError(
						'LIMIT_REACHED',
						`You have ${limits.contacts} contacts. Remove one first.`,
					);
				await tx
					.insertInto('contacts')
					.values({ person_id: owner, contact_id: personId, name, added_at: at })
					.onConflict((conflict) =>
						conflict.columns(['person_id', 'contact_id']).doUpdateSet({ name }),
					)
					.execute();
			}),

		remove: (owner, contact) => database.write((tx) => removeContact(tx, owner, contact)),

		list: (owner) =>
			db
				.selectFrom('contacts')
				.select(['contact_id as personId', 'name', 'added_at as addedAt'])
				.where('person_id', '=', owner)
				.orderBy('name')
				.orderBy('contact_id')
				.execute(),

		has: async (owner, contact) => {
			const row = await db
				.selectFrom('contacts')
				.select('contact_id')
				.where('person_id', '=', owner)
				.where('contact_id', '=', contact)
				.executeTakeFirst();
			return row !== undefined;
		},

		code: (owner, fresh, renew, at) =>
			database.write(async (tx) => {
				await addPerson(tx, owner, at);
				await tx
					.insertInto('contact_links')
					.values({ person_id: owner, code: fresh })
					.onConflict((conflict) => {
						const known = conflict.column('person_id');
						return renew ? known.doUpdateSet({ code: fresh }) : known.doNothing();
					})
					.execute();
				const { code } = await tx
					.selectFrom('contact_links')
					.select('code')
					.where('person_id', '=', owner)
					.executeTakeFirstOrThrow();
				return code;
			}),

		ownerOf: async (code) => {
			const row = await db
				.selectFrom('contact_links')
				.select('person_id')
				.where('code', '=', code)
				.executeTakeFirst();
			return row?.person_id ?? null;
		},

		peopleMet: async (person, limit) => {
			const rows = await sharedMemberships(db, person)
				.select(['theirs.person_id as personId', 'theirs.name as name'])
				.where('theirs.person_id', '!=', person)
				.where('theirs.name', 'not like', sealedNames)
				.orderBy('theirs.entered_at', 'desc')
				.limit(maxMemberships)
				.execute();
			const first = new Map<PersonId, (typeof rows)[number]>();
			for (const row of rows) if (!first.has(row.personId)) first.set(row.personId, row);
			return [...first.values()].slice(0, limit);
		},

		haveMet: async (one, other) => {
			const row = await sharedMemberships(db, one)
				.select('theirs.person_id')
				.where('theirs.person_id', '=', other)
				.limit(1)
				.executeTakeFirst();
			return one !== other && row !== undefined;
		},

		nameOf: async (person) => {
			const known = await db
				.selectFrom('people')
				.select('name')
				.where('person_id', '=', person)
				.executeTakeFirst();
			if (known?.name) return known.name;
			const row = await db
				.selectFrom('memberships')
				.select('name')
				.where('person_id', '=', person)
				.where('name', 'not like', sealedNames)
				.orderBy('entered_at', 'desc')
				.limit(1)
				.executeTakeFirst();
			return row?.name ?? null;
		},

		chosen: async (person) => {
			const row = await db
				.selectFrom('presence')
				.select('chosen')
				.where('person_id', '=', person)
				.executeTakeFirst();
			return row?.chosen ?? 'available';
		},

		choose: (person, state, at) =>
			database.write(async (tx) => {
				await addPerson(tx, person, at);
				await tx
					.insertInto('presence')
					.values({ person_id: person, chosen: state })
					.onConflict((conflict) => conflict.column('person_id').doUpdateSet({ chosen: state }))
					.execute();
			}),
	};
}

/** Names in encrypted rooms, which nobody reads outside of them. */
const sealedNames = 'e1.%.%';

/** @returns whether the contact existed. */
export async function removeContact(tx: Tx, owner: PersonId, contact: PersonId): Promise<boolean> {
	const { numDeletedRows } = await tx
		.deleteFrom('contacts')
		.where('person_id', '=', owner)
		.where('contact_id', '=', contact)
		.executeTakeFirstOrThrow();
	return numDeletedRows > 0n;
}

/** All memberships of rooms that this person is a member of, except those of removed people. */
const sharedMemberships = (db: Pick<Tx, 'selectFrom'>, person: PersonId) =>
	db
		.selectFrom('memberships as mine')
		.innerJoin('memberships as theirs', 'theirs.room_id', 'mine.room_id')
		.where('mine.person_id', '=', person)
		.where('mine.role', '!=', 'removed')
		.where('theirs.role', '!=', 'removed');
