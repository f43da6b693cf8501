import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { protocolVersion } from '../../shared/version.ts';
import { startService, type Service } from '../support/service.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/clients.md', root), 'utf8');
const example = /^```js\n(.*?)^```/ms.exec(page)?.[1] ?? '';

let service: Service;
beforeAll(async () => {
	service = await startService();
});
afterAll(() => service.close());

test('the client in docs/clients.md posts a message and is told it', async () => {
	const options = {
		cwd: fileURLToPath(root),
		env: { PATH: process.env['PATH'], PARLEY: service.url, ROOM: 'clients' },
	};
	const run = promisify(execFile)(
		process.execPath,
		['--input-type=module', '-e', example],
		options,
	);
	expect((await run).stdout).toBe('Client: Hello from a client.\n');
});

test('the client in docs/clients.md speaks the version of the server', () => {
	expect(example).toContain(`auth: { protocol: ${protocolVersion} }`);
});
