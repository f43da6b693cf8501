import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from './childEnvironment.ts';

const program = fileURLToPath(new URL('identityProviderProcess.ts', import.meta.url));

export type TestProvider = {
	issuer: string;
	clientId: string;
	clientSecret: string;
	close(): Promise<void>;
};

const client = { clientId: 'parley', clientSecret: 'a secret between the two of them' };

/**
 * A real OpenID Connect provider in a process of its own, with its own pages for signing in: any login will do, and is
 * what people are called there, except for those that begin with `nameless`.
 *
 * @param port a free one of loopback.
 * @param services addresses of services that it sends people back to.
 */
export async function startProvider(
	port: number,
	services: readonly string[],
): Promise<TestProvider> {
	// What it says on standard error is advice for those who run one for good.
	const child = spawn(process.execPath, [program, String(port), ...services], {
		stdio: ['pipe', 'pipe', 'ignore'],
		env: {
			...childEnvironment,
			CLIENT_ID: client.clientId,
			CLIENT_SECRET: client.clientSecret,
		},
	});
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	const close = async () => {
		child.kill('SIGKILL');
		await ended;
	};
	for await (const said of createInterface({ input: child.stdout })) {
		if (said !== 'ready') continue;
		child.stdout.resume();
		return { issuer: `http://127.0.0.1:${port}`, ...client, close };
	}
	await close();
	throw new Error('the identity provider did not start');
}
