/**
 * `npm run dev`: the service and the front end with live reload. Open the address that Vite prints;
 * Vite hands what is not a page on to the service.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findNode } from './node.mjs';
import { ensurePackages } from './packages.mjs';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runCommand, say } from './say.mjs';
import { ensureWorker } from './worker.mjs';

await runCommand(async () => {
	await ensurePackages();
	const node = await findNode();
	await ensureWorker();

	const programs = [
		start(
			'sfu',
			node,
			['--watch', '--watch-preserve-output', 'sfu/main.ts', ...process.argv.slice(2)],
			inProject(),
		),
		start('web', node, [tool('vite'), 'dev'], inProject('web')),
	];
	const stopAll = () => programs.forEach(({ child }) => child.kill('SIGTERM'));
	let stoppedByUs = false;
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
		process.on(signal, () => {
			stoppedByUs = true;
			stopAll();
		});
	}

	// Neither is of use without the other.
	const first = await Promise.race(programs.map(({ ended }) => ended));
	if (!stoppedByUs) say(`${first.name} ended with code ${first.code}.`);
	stopAll();
	await Promise.all(programs.map(({ ended }) => ended));
	return stoppedByUs ? 0 : first.code;
});

/**
 * Starts a program whose lines are shown with its name before them. It gets a process group of its
 * own, so that Ctrl-C reaches it once, through us.
 *
 * @param {string} name
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function start(name, command, args, cwd) {
	const child = spawn(command, args, {
		cwd,
		env: withProjectTools(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true,
	});
	for (const stream of [child.stdout, child.stderr]) {
		createInterface({ input: stream }).on('line', (line) => console.log(`${name} │ ${line}`));
	}
	const ended = once(child, 'exit').then(([code]) => ({ name, code: Number(code ?? 1) }));
	return { child, ended };
}
