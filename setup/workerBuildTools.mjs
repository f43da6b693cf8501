/** The compiler, the tools and the libraries that a build of the mediasoup worker takes. */

import { installDebianPackages } from './debian.mjs';
import { runQuietly } from './run.mjs';
import { SetupError } from './say.mjs';

const tools = ['c++', 'meson', 'ninja', 'pkg-config', 'flatc'];

/** As pkg-config knows them. */
const libraries = [
	'libuv',
	'openssl >= 3.0.0',
	'libsrtp2 >= 2.5.0',
	'flatbuffers',
	'absl_strings',
	'absl_optional',
	'absl_bad_optional_access',
	'absl_flat_hash_map',
	'absl_inlined_vector',
];

const debianPackages = [
	'g++',
	'meson',
	'ninja-build',
	'pkg-config',
	'flatbuffers-compiler',
	'libuv1-dev',
	'libssl-dev',
	'libsrtp2-dev',
	'libflatbuffers-dev',
	'libabsl-dev',
];

/** Checks that everything is there; on Debian, as root, installs what is missing. */
export async function ensureBuildTools() {
	if ((await missing()).length === 0) return;
	await installDebianPackages(debianPackages, 'the build of the mediasoup worker');
	const stillMissing = await missing();
	if (stillMissing.length > 0) throw new SetupError(`the build needs ${stillMissing.join(', ')}`);
}

/** @returns {Promise<string[]>} names of tools and libraries */
async function missing() {
	const absent = [];
	for (const name of tools) {
		if ((await runQuietly(name, ['--version'])).code !== 0) absent.push(name);
	}
	for (const name of libraries) {
		if ((await runQuietly('pkg-config', ['--exists', name])).code !== 0) absent.push(name);
	}
	return absent;
}
