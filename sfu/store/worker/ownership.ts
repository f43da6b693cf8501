import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as v from 'valibot';
import type { Config } from '../../platform/config.ts';
import type { Log } from '../../platform/log.ts';
import { StartError } from '../../platform/startError.ts';
import type { Tracing } from '../../platform/tracing.ts';
import { openStore } from './openStore.ts';
import { inUse, type Claim } from './claim.ts';
import type { Store } from '../api/store.ts';

const owner = v.object({ pid: v.number(), host: v.string(), since: v.string() });

/**
 * Opens the store for the one process that may use the data, or for one of several nodes. The folder is locked even if
 * the database is PostgreSQL. Both locks end with the process, even after a crash.
 *
 * @param options.isNode whether other nodes use the database, too. A process that is no node may not.
 * @param options.lost is called when another process took the database while the connection was lost: this process has to end.
 * @param options.stored is told of each question that was answered.
 * @throws {StartError} naming the process that uses the data already.
 */
export async function openOwnedStore(
	config: Config['data'],
	log: Log,
	{
		isNode = false,
		lost,
		stored,
	}: { isNode?: boolean; lost: (error: Error) => void; stored?: Tracing['stored'] },
): Promise<Store> {
	const claims: Claim[] = [];
	const release = async () => {
		for (const claim of claims.reverse()) await claim.release();
	};
	try {
		claims.push(claimFolder(config.dir));
		if (config.databaseUrl) {
			// With SQLite the client of PostgreSQL is not loaded.
			const { PostgresClaim } = await import('./postgresClaim.ts');
			claims.push(await PostgresClaim.take(config.databaseUrl, isNode, log, lost));
		}
		const store = await openStore(config, log, stored);
		return {
			...store,
			close: async () => {
				await store.close();
				await release();
			},
		};
	} catch (error) {
		await release();
		throw error;
	}
}

/**
 * Node offers no file lock. SQLite does, on every system: a transaction that never ends, on a database of its own. The
 * operating system releases the lock when the process is gone.
 */
function claimFolder(dir: string): Claim {
	const note = join(dir, 'owner.json');
	let lock: DatabaseSync | null = null;
	try {
		mkdirSync(dir, { recursive: true });
		lock = new DatabaseSync(join(dir, 'owner.lock'), { timeout: 0 });
		lock.exec('begin exclusive');
		const us = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
		writeFileSync(note, JSON.stringify(us), { mode: 0o600 });
		const held = lock;
		return {
			release: async () => {
				if (held.isOpen) held.close();
			},
		};
	} catch (error) {
		lock?.close();
		const place = `data.dir: ${resolve(dir)}`;
		if (isBusy(error)) throw inUse(place, ownerIn(note), 'a folder');
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`${place} cannot be used: ${reason}.`);
	}
}

const isBusy = (error: unknown) =>
	error instanceof Error && 'errcode' in error && error.errcode === 5;

/** Describes the process that holds the lock, from its note. */
function ownerIn(note: string): string {
	try {
		const { pid, host, since } = v.parse(owner, JSON.parse(readFileSync(note, 'utf8')));
		return `process ${pid} on ${host}, since ${since}`;
	} catch {
		return 'which did not say what it is';
	}
}
