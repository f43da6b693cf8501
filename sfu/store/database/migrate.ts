import { CompiledQuery, sql, type Kysely } from 'kysely';
import { StartError } from '../../platform/startError.ts';
import type { DatabaseKind } from './database.ts';
import { chatTables } from './migrations/001-chat.ts';
import { policyColumns } from './migrations/002-policy.ts';
import { accountTables } from './migrations/003-accounts.ts';
import { peopleTables } from './migrations/004-people.ts';
import { matchTables } from './migrations/005-match.ts';
import { nameKeys } from './migrations/006-names.ts';
import { mergedColumn } from './migrations/007-merged.ts';
import { identityTables } from './migrations/008-identity.ts';
import { forgetting } from './migrations/009-forgetting.ts';
import { roomNames } from './migrations/010-roomNames.ts';
import { secrets } from './migrations/011-secrets.ts';
import { pushSubscriptions } from './migrations/012-push.ts';
import { hostColumns } from './migrations/013-hosts.ts';
import { encryption } from './migrations/014-encryption.ts';
import { openedRooms } from './migrations/015-openedRooms.ts';
import type { Tables } from './tables.ts';

type Migration = (tx: Kysely<Tables>, kind: DatabaseKind) => string[] | Promise<string[]>;

/**
 * Migration n brings a database from version n - 1 to n, by the statements that it returns. A released migration is
 * never changed; new ones are added.
 */
const migrations: readonly Migration[] = [
	...[chatTables, policyColumns, accountTables, peopleTables, matchTables].map(
		(statements) => (_tx: Kysely<Tables>, kind: DatabaseKind) => statements(kind),
	),
	nameKeys,
	mergedColumn,
	identityTables,
	forgetting,
	roomNames,
	secrets,
	pushSubscriptions,
	hostColumns,
	encryption,
	openedRooms,
];

/** The version of the existing tables, and the version that this program needs. */
export async function schemaVersion(db: Kysely<Tables>): Promise<{ found: number; known: number }> {
	const row = await db.selectFrom('schema_version').select('version').executeTakeFirst();
	return { found: row?.version ?? 0, known: migrations.length };
}

/** Any number works, as long as it is the same in every process. */
const postgresLock = 7_272_651;

/**
 * Brings the tables to the version that this program needs, all or nothing. Several processes may do this at once.
 *
 * @throws {StartError} if a newer program made the database.
 */
export async function migrate(db: Kysely<Tables>, kind: DatabaseKind): Promise<void> {
	await db.transaction().execute(async (tx) => {
		if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${postgresLock})`.execute(tx);
		await sql`create table if not exists schema_version (version integer not null)`.execute(tx);
		const row = await tx.selectFrom('schema_version').select('version').executeTakeFirst();
		const found = row?.version ?? 0;
		if (found > migrations.length) {
			throw new StartError(
				`${kind === 'sqlite' ? 'data.dir' : 'data.databaseUrl'}: the database was last used by a newer Parley ` +
					`(its tables have version ${found}, this program knows ${migrations.length}). Start that one, or restore a backup.`,
			);
		}
		for (const migration of migrations.slice(found)) {
			for (const statement of await migration(tx, kind))
				await tx.executeQuery(CompiledQuery.raw(statement));
		}
		if (!row)
			await tx.insertInto('schema_version').values({ version: migrations.length }).execute();
		else if (found < migrations.length)
			await tx.updateTable('schema_version').set({ version: migrations.length }).execute();
	});
}
