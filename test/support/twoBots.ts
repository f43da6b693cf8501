import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exits } from '../load/run/exits.ts';
import type { Report } from '../load/run/report.ts';
import { childEnvironment } from './childEnvironment.ts';
import type { Command } from './networkNamespace.ts';

const tool = fileURLToPath(new URL('../load/run.ts', import.meta.url));

/** What each of two has of the other. */
export const all = { sound: 2, heard: 2, pictures: 2, seen: 2 };

/**
 * Two real clients meet in a room, from a network of their own, with libwebrtc and without a browser.
 *
 * @returns of how many others sound and pictures were expected, and came.
 * @throws {Error} with what they said, where one did not get in or missed something.
 */
export async function twoBotsMeet(url: string, within: Command): Promise<typeof all> {
	const folder = mkdtempSync(join(tmpdir(), 'parley-bots-'));
	try {
		const file = join(folder, 'report.json');
		const size = ['--rooms', '1', '--peers', '2', '--video', '180p', '--fps', '5'];
		const times = ['--seconds', '1', '--ramp', '0'];
		const args = [tool, '--url', url, ...size, ...times, '--report', file];
		const child = spawn(...within(process.execPath, args), {
			stdio: ['ignore', 'pipe', 'pipe'],
			env: childEnvironment,
		});
		let said = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (data: Buffer) => (said += data.toString()));
		const code = await new Promise((resolve) => child.once('close', resolve));
		if (code !== exits.complete) throw new Error(`the bots ended with ${String(code)}: ${said}`);
		return (JSON.parse(readFileSync(file, 'utf8')) as Report).summary.others;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
