import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../config.ts';
import { StartError } from '../startError.ts';
import { sqliteFile } from './sqlite.ts';

/**
 * Makes a folder with everything that is to be kept: the database as it was at one moment, the uploaded files,
 * and the secret that sessions are signed with. The service may run meanwhile. The folder appears when it is
 * complete, and not at all when something fails.
 *
 * @param target its path; by default one that is named after the time, in `<dir>/backups`.
 * @returns the path.
 * @throws {StartError} in words for operators.
 */
export async function backUp(
	{ dir, databaseUrl }: Config['data'],
	target = join(dir, 'backups', `parley-${timestamp(new Date())}`),
): Promise<string> {
	const folder = resolve(target);
	if (existsSync(folder)) throw new StartError(`${folder} is there already: name another folder.`);
	if (!databaseUrl && !existsSync(sqliteFile(dir)))
		throw new StartError(
			`data.dir: there is no database in ${resolve(dir)}, so there is nothing to back up.`,
		);
	const unfinished = `${folder}.unfinished-${process.pid}`;
	try {
		await mkdir(dirname(folder), { recursive: true });
		await mkdir(unfinished, { mode: 0o700 });
		// Files come before the messages that they go with, and may go after them: looked at before and after, they
		// are all that the database speaks of.
		await takeFiles(join(dir, 'files'), join(unfinished, 'files'));
		const copy = join(unfinished, databaseUrl ? 'parley.dump' : 'parley.sqlite');
		if (databaseUrl) await dumpPostgres(databaseUrl, copy);
		else copySqlite(sqliteFile(dir), copy);
		await chmod(copy, 0o600);
		await takeFiles(join(dir, 'files'), join(unfinished, 'files'));
		await unlessGone(copyFile(join(dir, 'session-secret'), join(unfinished, 'session-secret')));
		await syncAll(unfinished);
		await rename(unfinished, folder);
		return folder;
	} catch (error) {
		await rm(unfinished, { recursive: true, force: true });
		if (error instanceof StartError) throw error;
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`The backup ${folder} cannot be made (${reason}).`);
	}
}

/** `20260131-235959`, in UTC. */
const timestamp = (time: Date) =>
	time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

/** What is removed in this moment is no part of the backup. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
	await work.catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ENOENT') throw error;
	});
}

/**
 * Takes the files of a folder that the other one has not got. They are never changed, so that a second name for
 * the same file is enough; where that cannot be, such as on another disk, it is copied.
 */
async function takeFiles(from: string, to: string): Promise<void> {
	await mkdir(to, { recursive: true, mode: 0o700 });
	const entries = await readdir(from, { withFileTypes: true }).catch(
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return [];
			throw error;
		},
	);
	for (const entry of entries) {
		const [source, target] = [join(from, entry.name), join(to, entry.name)];
		if (entry.isDirectory()) await takeFiles(source, target);
		else if (entry.isFile() && !existsSync(target))
			await unlessGone(link(source, target).catch(() => copyFile(source, target)));
	}
}

/** Copies what was committed when it begins. Those who write meanwhile are not held up. */
function copySqlite(from: string, to: string): void {
	const source = new DatabaseSync(from, { timeout: 5_000 });
	try {
		source.prepare('vacuum into ?').run(to);
	} finally {
		source.close();
	}
}

async function dumpPostgres(databaseUrl: string, to: string): Promise<void> {
	const program = findDump();
	if (!program)
		throw new StartError(
			"The database is PostgreSQL, and its program pg_dump is not on this machine: install PostgreSQL's client " +
				'programs here, or run pg_dump --format=custom where they are, and copy the folder "files" of data.dir.',
		);
	// In the environment it is seen by nobody else; among the arguments everybody on the machine could read it.
	const url = new URL(databaseUrl);
	const PGPASSWORD = decodeURIComponent(url.password);
	url.password = '';
	const dump = spawn(program, ['--format=custom', '--file', to, '--dbname', url.href], {
		env: { ...process.env, ...(PGPASSWORD && { PGPASSWORD }) },
		stdio: ['ignore', 'ignore', 'pipe'],
	});
	let said = '';
	dump.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
	const code = await new Promise<number | null>((done, fail) => {
		dump.once('error', fail);
		dump.once('close', done);
	});
	if (code !== 0) throw new Error(`pg_dump ended with code ${code}: ${said.trim()}`);
}

function findDump(): string | undefined {
	const folders = (process.env['PATH'] ?? '').split(delimiter);
	return folders.map((folder) => join(folder, 'pg_dump')).find((file) => existsSync(file));
}

/** Sees to it that a power cut after the end leaves nothing half. */
async function syncAll(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) await syncAll(path);
		else await sync(path);
	}
	await sync(folder);
}

async function sync(path: string): Promise<void> {
	const file = await open(path);
	try {
		await file.sync();
	} finally {
		await file.close();
	}
}
