import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import pg from 'pg';
import type { Config } from '../../sfu/platform/config.ts';

/** What takes back a migration, by its number. */
const undoing: Record<number, string> = {
	15: `
		alter table moderation_log drop column room_id;`,
	14: `
		drop table older_secrets;
		alter table rooms drop column encryption_epoch;
		alter table rooms drop column encryption_check;
		alter table rooms drop column encryption_due;`,
	13: `
		alter table room_policies drop column slow_mode;
		alter table messages drop column deleted_by_host;`,
	12: `
		drop table push_subscriptions;`,
	11: `
		drop table secrets;`,
	10: `
		alter table rooms drop column name;
		alter table memberships drop column label;
		alter table memberships drop column unlisted;`,
	9: `
		drop index sessions_device;
		drop index warnings_of;
		drop index moderation_log_person;
		drop index moderation_log_by;
		drop index calls_began;`,
	8: `
		alter table access_tokens drop column scope;
		alter table rooms drop column invited;
		drop table administrators;`,
	7: `
		drop index people_merged;
		alter table people drop column merged_into;`,
	// Made nothing new.
	6: '',
};

/** Makes the tables of a database those of an older program; more can be done to them then. */
export async function backTo(
	version: number,
	{ dir, databaseUrl }: Config['data'],
	more = '',
): Promise<void> {
	const steps = Object.entries(undoing)
		.filter(([number]) => Number(number) > version)
		.reverse()
		.map(([, statements]) => statements);
	const older = `${steps.join('')}; update schema_version set version = ${version}; ${more}`;
	if (databaseUrl) {
		const client = new pg.Client(databaseUrl);
		await client.connect();
		await client.query(older);
		await client.end();
	} else {
		const file = new DatabaseSync(join(dir, 'parley.sqlite'));
		file.exec(older);
		file.close();
	}
}
