import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { expect, test } from 'vitest';
import { childEnvironment } from '../support/childEnvironment.ts';
import { freePort } from '../support/ports.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

const script = join(import.meta.dirname, '../../sfu/healthcheck.ts');

/** The exit code of the check of a container that serves on this port. */
async function check(port: string): Promise<unknown> {
	const env = { ...childEnvironment, PARLEY_HTTP_PORT: port };
	const child = spawn(process.execPath, [script], { env, stdio: 'ignore' });
	return (await once(child, 'exit'))[0];
}

const portOf = ({ url }: Service) => new URL(url).port;

test('A-L17: the check of the container finds a service that speaks HTTP', async () => {
	const service = await startService();
	expect(await check(portOf(service))).toBe(0);
	await service.close();
});

test('A-L17: the check of the container finds a service that speaks HTTPS, whatever its certificate is for', async () => {
	const { dir } = (await testConfig()).data;
	const { cert, private: key } = await generate([
		{ name: 'commonName', value: 'meet.example.org' },
	]);
	const files = { certificate: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
	writeFileSync(files.certificate, cert);
	writeFileSync(files.key, key);
	const service = await startService({ http: files, data: { dir } });
	expect(await check(portOf(service))).toBe(0);
	await service.close();
});

test('A-L17: the check of the container finds nothing where nothing serves', async () => {
	expect(await check(String(await freePort()))).toBe(1);
});
