import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../../measurement.ts';
import { pageScript } from '../pageScript.ts';

const here = (name: string) => join(import.meta.dirname, name);

/** How long the server may take to start, in ms. */
const patience = 20_000;

/** Where the bare server is: its page, and the port of loopback to which media goes. */
export type BareService = { url: string; mediaPort: number };

/**
 * The bare server in a process of its own, which ends with the measurement.
 *
 * @param announced the address to which browsers are told to send media.
 */
export async function bareService(
	measurement: Measurement,
	announced = '127.0.0.1',
): Promise<BareService> {
	const folder = mkdtempSync(join(tmpdir(), 'parley-bare-'));
	measurement.owns('the folder of the bare page', () => rmSync(folder, { recursive: true }));
	const script = join(folder, 'page.js');
	writeFileSync(script, await pageScript(here('page.ts')));
	const child = fork(here('server.ts'), [script, announced]);
	const ended = once(child, 'exit');
	measurement.owns('the bare server', async () => {
		child.kill();
		await ended;
	});
	const [service] = (await Promise.race([
		once(child, 'message', { signal: AbortSignal.timeout(patience) }),
		ended.then(() => {
			throw new Error('the bare server did not start');
		}),
	])) as [BareService];
	return service;
}
