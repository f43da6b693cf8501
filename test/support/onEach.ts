import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../../sfu/store/api/store.ts';
import { databaseKinds, newDatabase, type DatabaseKind, type TestDatabase } from './stores.ts';

/** What the tests of one database have; `store` and `database` are there once tests run. */
export type OnDatabase = { kind: DatabaseKind; store: Store; database: TestDatabase };

/** The same tests on each database, with a store that is open for all of them. */
export function onEachDatabase(name: string, tests: (on: OnDatabase) => void): void {
	describe.each(databaseKinds)(`${name} on %s`, (kind) => {
		const on = { kind } as OnDatabase;
		beforeAll(async () => {
			on.database = await newDatabase(kind);
			on.store = await on.database.open();
		});
		afterAll(() => on.database.remove());
		tests(on);
	});
}
