/** Installing packages of the system, where the system is Debian or one of its children. */

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { lastLines, runQuietly } from './run.mjs';
import { SetupError, say } from './say.mjs';

/** With this argument, or with PARLEY_SYSTEM_PACKAGES=never, no packages of the system are installed. */
export const withoutSystemPackages = '--no-system-packages';

/** Whether packages of the system may be installed here. */
const isForbidden = () =>
	process.env.PARLEY_SYSTEM_PACKAGES === 'never' || process.argv.includes(withoutSystemPackages);

/**
 * Installs packages with apt-get, after it said which and what for. Never asks. Throws a sentence that says what to
 * do where it may not: forbidden, not root, or not a Debian.
 *
 * @param {string[]} packages
 * @param {string} purpose what they are for, in words
 */
export async function installDebianPackages(packages, purpose) {
	const names = packages.join(' ');
	if (!existsSync('/usr/bin/apt-get')) {
		throw new SetupError(
			`${purpose} needs what Debian calls ${names}; install what your system calls them`,
		);
	}
	if (isForbidden()) {
		throw new SetupError(
			`${purpose} needs packages of the system, which may not be installed by itself here: apt-get install -y ${names}`,
		);
	}
	if (process.getuid?.() !== 0) {
		throw new SetupError(
			`${purpose} needs packages that only root may install: sudo apt-get install -y ${names}`,
		);
	}

	say(
		`Installing packages of the system with apt-get: ${names}. They are for ${purpose}. ` +
			`To forbid this, set PARLEY_SYSTEM_PACKAGES=never or add ${withoutSystemPackages}.`,
	);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	// The list of packages may be old or, in a container, absent. If it cannot be refreshed the
	// installation may still work, and says why if it does not.
	await runQuietly('apt-get', ['update'], { env });
	const { code, output } = await runQuietly(
		'apt-get',
		['install', '-y', '--no-install-recommends', ...packages],
		{ env },
	);
	if (code !== 0)
		throw new SetupError(`apt-get install ${names} ended with code ${code}\n${lastLines(output)}`);
}

/**
 * As `installDebianPackages`, for programs that Debian would run as services from then on: none of them is started, now or
 * with the machine.
 *
 * @param {string[]} packages
 * @param {string} purpose what they are for, in words
 * @param {string[]} services the names of their units
 */
export async function installWithoutServices(packages, purpose, services) {
	// Debian's own way to forbid it (invoke-rc.d). One that is there already says what its owner wants.
	const policy = '/usr/sbin/policy-rc.d';
	const isOurs = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get') && !existsSync(policy);
	if (isOurs) await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
	try {
		await installDebianPackages(packages, purpose);
	} finally {
		if (isOurs) await rm(policy, { force: true });
	}
	if (existsSync('/usr/bin/systemctl'))
		await runQuietly('systemctl', ['disable', ...services], { env: process.env });
}
