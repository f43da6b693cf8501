import { CodedError } from '#shared/errors.ts';
import type { PersonId } from '#shared/ids.ts';
import { about, writtenBy } from './aboutPerson.ts';
import type { AccountStore, NewAccount } from '../api/accountStore.ts';
import type { Database, Tx } from '../database/database.ts';
import { mergePeople } from './merging.ts';
import { keysOf } from '../database/nameKeys.ts';
import { addPerson, lockPerson, setSuspension } from '../people/people.ts';
import { findPerson, profileOf } from '../people/profiles.ts';
import { removePerson } from './removing.ts';
import { endSessions } from '../people/sessions.ts';
import { dropTokens } from '../people/tokens.ts';
import { bindName, isReserved, nameAdministrator } from '../people/administrators.ts';

/** PostgreSQL's code for a value that another row has. SQLite has one writer at a time. */
const uniqueViolation = '23505';

export function accountStore(database: Database): AccountStore {
	const { db } = database;
	const people = (tx: Tx, personId: PersonId) =>
		tx.updateTable('people').where('person_id', '=', personId).where('deleted_at', 'is', null);

	/** If two transactions take the same name at the same moment, the second one runs again. */
	const retryOnce = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
		try {
			return await database.write(work);
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === uniqueViolation))
				throw error;
			return database.write(work);
		}
	};

	return {
		profile: (personId) => profileOf(db, personId),

		setProfile: (personId, { name, colour }, at) =>
			database.write(async (tx) => {
				const change = {
					...(name === undefined ? {} : { name }),
					...(colour === undefined ? {} : { colour }),
				};
				if (Object.keys(change).length === 0) return;
				await addPerson(tx, personId, at);
				await tx
					.updateTable('people')
					.set(change)
					.where('person_id', '=', personId)
					.where('deleted_at', 'is', null)
					.execute();
			}),

		signUp: (personId, account, name, at) =>
			retryOnce(async (tx) => {
				await addPerson(tx, personId, at);
				await lockPerson(database, tx, personId);
				const person = await findPerson(tx, personId);
				if (person?.deleted_at !== null || person.account_at !== null)
					throw new CodedError('CONFLICT', 'You already have an account.');
				await giveAccount(tx, personId, account, at);
				if (name !== null)
					await tx.updateTable('people').set({ name }).where('person_id', '=', personId).execute();
			}),

		credentials: async (userName) => {
			const keys = keysOf(userName);
			const rows = await db
				.selectFrom('people')
				.select(['person_id', 'password_hash', 'name_skeleton'])
				.where('name_skeleton', 'in', keys)
				.execute();
			const row = rows.find(({ name_skeleton }) => name_skeleton === keys[0]) ?? rows[0];
			return row ? { personId: row.person_id, passwordHash: row.password_hash } : null;
		},

		passwordHash: async (personId) => (await findPerson(db, personId))?.password_hash ?? null,

		setPassword: (personId, hash, current, at) =>
			database.write(async (tx) => {
				await lockPerson(database, tx, personId);
				await people(tx, personId).set({ password_hash: hash }).execute();
				await dropTokens(tx, personId);
				return endSessions(tx, personId, { except: current }, at);
			}),

		identify: (issuer, subject, newcomer, account, at) =>
			retryOnce(async (tx) => {
				const known = () =>
					tx
						.selectFrom('identities')
						.select('person_id')
						.where('issuer', '=', issuer)
						.where('subject', '=', subject)
						.executeTakeFirst();
				const before = await known();
				if (before) return { personId: before.person_id, isNew: false };
				await addPerson(tx, newcomer, at);
				// Another tab may have made the account at the same moment.
				const { numInsertedOrUpdatedRows } = await tx
					.insertInto('identities')
					.values({ issuer, subject, person_id: newcomer, added_at: at })
					.onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
					.executeTakeFirstOrThrow();
				const there = await known();
				if (there && (numInsertedOrUpdatedRows ?? 0n) === 0n)
					return { personId: there.person_id, isNew: false };
				const person = await findPerson(tx, newcomer);
				if (account && person?.account_at === null) {
					await lockPerson(database, tx, newcomer);
					const name = await firstFree(tx, account.names);
					await giveAccount(tx, newcomer, name && { ...name, passwordHash: null }, at);
				}
				return { personId: newcomer, isNew: true };
			}),

		hasIdentity: async (personId) => {
			const found = await db
				.selectFrom('identities')
				.select('subject')
				.where('person_id', '=', personId)
				.executeTakeFirst();
			return found !== undefined;
		},

		bindAdministrator: (name, at) => database.write((tx) => bindName(tx, name, at)),

		useToken: (tokenId, expiresAt, at) =>
			database.write(async (tx) => {
				await tx.deleteFrom('used_tokens').where('expires_at', '<', at).execute();
				const { numInsertedOrUpdatedRows } = await tx
					.insertInto('used_tokens')
					.values({ token_id: tokenId, expires_at: expiresAt })
					.onConflict((conflict) => conflict.column('token_id').doNothing())
					.executeTakeFirstOrThrow();
				return (numInsertedOrUpdatedRows ?? 0n) > 0n;
			}),

		suspend: (personId, suspension, at) =>
			database.write(async (tx) => {
				await addPerson(tx, personId, at);
				await setSuspension(tx, personId, suspension);
			}),

		ownedCounts: (personId) =>
			database.read(async (tx) => {
				const rooms = await tx
					.selectFrom('memberships')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('person_id', '=', personId)
					.where('role', '!=', 'removed')
					.executeTakeFirstOrThrow();
				const messages = await tx
					.selectFrom('messages')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('author_id', '=', personId)
					.where('kind', '=', 'text')
					.executeTakeFirstOrThrow();
				const tokens = await tx
					.selectFrom('access_tokens')
					.select((eb) => eb.fn.countAll<number>().as('count'))
					.where('person_id', '=', personId)
					.executeTakeFirstOrThrow();
				return { rooms: rooms.count, messages: messages.count, tokens: tokens.count };
			}),

		merge: (guest, into, at) => database.write((tx) => mergePeople(database, tx, guest, into, at)),
		remove: (personId, messages, name, at) =>
			database.write((tx) => removePerson(database, tx, personId, messages, name, at)),
		about: (personId) => database.read((tx) => about(tx, personId)),
		writtenBy: (personId, after) => database.read((tx) => writtenBy(tx, personId, after)),
	};
}

/** @throws {CodedError} NAME_TAKEN. */
async function giveAccount(
	tx: Tx,
	personId: PersonId,
	account: NewAccount | null,
	at: number,
): Promise<void> {
	if (account && (await isTaken(tx, account))) throw new CodedError('NAME_TAKEN');
	if (account?.administrator) await nameAdministrator(tx, account.userName, personId, at);
	// An attacker may have planted the guest's session; their tokens must not survive.
	await dropTokens(tx, personId);
	await endSessions(tx, personId, { except: null }, at);
	await tx
		.updateTable('people')
		.set({
			account_at: at,
			user_name: account?.userName ?? null,
			name_skeleton: account?.skeleton ?? null,
			password_hash: account?.passwordHash ?? null,
		})
		.where('person_id', '=', personId)
		.execute();
}

async function isTaken(
	tx: Tx,
	{ userName, skeleton }: Pick<NewAccount, 'userName' | 'skeleton'>,
): Promise<boolean> {
	const found = await tx
		.selectFrom('people')
		.select('person_id')
		.where('name_skeleton', 'in', [skeleton, ...keysOf(userName)])
		.executeTakeFirst();
	return found !== undefined || (await isReserved(tx, userName));
}

async function firstFree<N extends Pick<NewAccount, 'userName' | 'skeleton'>>(
	tx: Tx,
	names: readonly N[],
): Promise<N | null> {
	for (const name of names) if (!(await isTaken(tx, name))) return name;
	return null;
}
