import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inProject, tool, withProjectTools } from '../../../setup/project.mjs';
import type { Measurement } from '../measurement.ts';
import { revisionHere } from './report.ts';

const run = promisify(execFile);

/** How long a build may take, in ms: with packages to install it takes minutes. */
const patience = 600_000;

/** A revision that can be served. */
export type Revision = {
	/** The short form of its hash; with a plus where files are changed since. */
	name: string;
	/** Its `sfu/main.ts`. */
	program: string;
};

const git = async (...args: string[]): Promise<string> =>
	(await run('git', args, { cwd: inProject() })).stdout.trim();

/** What is checked out here. It has to be built. */
export function thisRevision(): Revision {
	if (!existsSync(inProject('web', 'build', 'index.html')))
		throw new Error('the pages are not built: npm run build');
	return { name: revisionHere(), program: inProject('sfu', 'main.ts') };
}

type Lock = Record<string, { version?: string; integrity?: string; optional?: boolean }>;

const lockIn = (file: string): Lock =>
	(JSON.parse(readFileSync(file, 'utf8')) as { packages: Lock }).packages;

/** Whether the packages that are installed here are those of this revision, and perhaps more. */
function packagesFit(tree: string): boolean {
	const installed = lockIn(inProject('node_modules', '.package-lock.json'));
	return Object.entries(lockIn(join(tree, 'package-lock.json'))).every(
		([place, { version, integrity, optional }]) =>
			place === '' ||
			(optional && !installed[place]) ||
			(installed[place]?.version === version && installed[place]?.integrity === integrity),
	);
}

/**
 * Checks another revision out into a folder of its own and builds it. The folder goes with the measurement. Its packages are
 * those that are installed here, unless it needs other ones.
 *
 * @param revision whatever git takes for one.
 * @throws where there is no such revision, or it cannot be built: with what the build said.
 */
export async function buildRevision(measurement: Measurement, revision: string): Promise<Revision> {
	const hash = await git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`).catch(
		() => {
			throw new Error(`there is no revision ${revision}`);
		},
	);
	const folder = mkdtempSync(join(tmpdir(), 'parley-revision-'));
	const tree = join(folder, 'tree');
	measurement.owns('the folder of the revision', async () => {
		rmSync(folder, { recursive: true, force: true });
		await git('worktree', 'prune');
	});
	await git('worktree', 'add', '--detach', tree, hash);
	const options = {
		cwd: tree,
		env: withProjectTools(),
		signal: measurement.signal,
		timeout: patience,
		maxBuffer: 64 * 1024 * 1024,
	};
	console.log(`building ${hash.slice(0, 7)} …`);
	if (packagesFit(tree)) {
		symlinkSync(inProject('node_modules'), join(tree, 'node_modules'));
		// Not by its own setup, which installs packages where it misses some: these are ours.
		const vite = [tool('vite'), 'build'];
		await run(process.execPath, vite, { ...options, cwd: join(tree, 'web') });
	} else {
		await run(process.execPath, ['setup/install.mjs'], options);
		await run(process.execPath, ['setup/build.mjs'], options);
	}
	return { name: hash.slice(0, 7), program: join(tree, 'sfu', 'main.ts') };
}
