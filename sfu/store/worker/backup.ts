import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, link, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../../platform/config.ts';
import { StartError } from '../../platform/startError.ts';
import { sqliteFile } from '../database/sqlite.ts';

/**
 * Makes a folder with all data: the database as it was at one moment, the uploaded files, and the secret that signs
 * sessions. The service may run meanwhile. The folder appears when it is complete, and not at all if the backup fails.
 *
 * @param filesDir the folder for files, if it is another one; null where they are elsewhere.
 * @param target its path; by default a folder named after the time, in `<dir>/backups`.
 * @returns the path.
 * @throws {StartError} with a message for operators.
 */
export async function backUp(
	{ dir, databaseUrl }: Config['data'],
	filesDir: string | null = dir,
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
		// A file is stored before its message and may be removed after it. Copying files before and after the database
		// covers all files that the database refers to.
		if (filesDir !== null) await takeFiles(join(filesDir, 'files'), join(unfinished, 'files'));
		const copy = join(unfinished, databaseUrl ? 'parley.dump' : 'parley.sqlite');
		if (databaseUrl) await dumpPostgres(databaseUrl, copy);
		else copySqlite(sqliteFile(dir), copy);
		await chmod(copy, 0o600);
		if (filesDir !== null) await takeFiles(join(filesDir, 'files'), join(unfinished, 'files'));
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

/** A file that is removed at this moment is not part of the backup. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
	await work.catch((error: NodeJS.ErrnoException) => {
		if (error.code !== 'ENOENT') throw error;
	});
}

/**
 * Adds the files that the other folder does not have. Files are never changed, so a hard link is enough; if that is
 * impossible, as on another disk, the file is copied.
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

/** Copies the state that is committed when it begins. Writers are not held up. */
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
	// The environment hides it from other users; arguments are visible to all users of the machine.
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

/** Syncs the folder to the disk, so that a power cut afterwards leaves nothing incomplete. */
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
