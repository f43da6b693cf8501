import type { PersonId } from '#shared/ids.ts';
import { foldedName, nameSkeleton } from '#shared/userName.ts';
import type { Tx } from '../database/database.ts';
import { keysOf } from '../database/nameKeys.ts';

/** A present or former administrator. */
export type Administrator = {
	/** Null if the account is gone; its name stays reserved. */
	userName: string | null;
	name: string;
	personId: PersonId;
	/** Whether `npm run admin` appointed them; otherwise `accounts.administrators` has to name them. */
	appointed: boolean;
};

type Db = Pick<Tx, 'selectFrom' | 'insertInto' | 'updateTable' | 'deleteFrom'>;

/**
 * Whether a name looks like one that was bound to an administrator: no other account can take it, even when that
 * account is gone.
 */
export async function isReserved(db: Db, userName: string): Promise<boolean> {
	const skeleton = nameSkeleton(userName);
	const bound = await db.selectFrom('administrators').select('name').execute();
	return bound.some(({ name }) => nameSkeleton(name) === skeleton);
}

/** Binds a name of `accounts.administrators` to this account. No account may have it yet. */
export async function nameAdministrator(
	db: Db,
	userName: string,
	personId: PersonId,
	at: number,
): Promise<void> {
	await db
		.insertInto('administrators')
		.values({ name: foldedName(userName), person_id: personId, appointed: 0, since: at })
		.execute();
}

/**
 * Binds a name of `accounts.administrators` to the account that has exactly this name, once.
 *
 * @returns `bound` now or `known` from before; `gone` if it is bound to an account that was deleted; `free` if no
 * account has the name yet.
 */
export async function bindName(
	db: Db,
	name: string,
	at: number,
): Promise<'bound' | 'known' | 'gone' | 'free'> {
	const before = (await administratorsIn(db)).find((one) => one.name === foldedName(name));
	if (before) return before.userName === null ? 'gone' : 'known';
	const account = await accountNamed(db, name);
	if (!account) return 'free';
	await nameAdministrator(db, name, account.personId, at);
	return 'bound';
}

/**
 * Makes the account of this name an administrator.
 *
 * @returns its user name; null if there is no such account.
 */
export async function appoint(db: Db, name: string, at: number): Promise<string | null> {
	const account = await accountNamed(db, name);
	if (!account) return null;
	const row = { person_id: account.personId, appointed: 1 } as const;
	await db
		.insertInto('administrators')
		.values({ name: foldedName(name), since: at, ...row })
		.onConflict((conflict) => conflict.column('name').doUpdateSet(row))
		.execute();
	return account.userName;
}

/**
 * Takes the role back, or frees the name of an account that is gone.
 *
 * @returns whether there was one.
 */
export async function dismiss(db: Db, name: string): Promise<boolean> {
	const { numDeletedRows } = await db
		.deleteFrom('administrators')
		.where('name', '=', foldedName(name))
		.executeTakeFirstOrThrow();
	return numDeletedRows > 0n;
}

export async function administratorsIn(db: Db): Promise<Administrator[]> {
	const rows = await db
		.selectFrom('administrators')
		.leftJoin('people', 'people.person_id', 'administrators.person_id')
		.select(['administrators.name', 'administrators.person_id', 'appointed', 'user_name'])
		.orderBy('administrators.name')
		.execute();
	return rows.map((row) => ({
		userName: row.user_name,
		name: row.name,
		personId: row.person_id,
		appointed: row.appointed === 1,
	}));
}

/** The account that has exactly this name, not one that only looks like it. */
async function accountNamed(
	db: Db,
	name: string,
): Promise<{ personId: PersonId; userName: string } | null> {
	const rows = await db
		.selectFrom('people')
		.select(['person_id', 'user_name'])
		.where('name_skeleton', 'in', keysOf(name))
		.execute();
	const row = rows.find(
		({ user_name }) => user_name !== null && foldedName(user_name) === foldedName(name),
	);
	return row?.user_name ? { personId: row.person_id, userName: row.user_name } : null;
}
