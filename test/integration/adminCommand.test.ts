import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { childEnvironment } from '../support/childEnvironment.ts';
import { freshName, goodPassword, Visit } from '../support/account.ts';
import { PostgresServer } from '../support/postgres.ts';
import { startService, testConfig, type Service } from '../support/service.ts';

// Hashes are slow to make, and so is a server of PostgreSQL to start.
vi.setConfig({ testTimeout: 60_000 });

const program = fileURLToPath(new URL('../../sfu/admin.ts', import.meta.url));
const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
	for (const end of ending.splice(0).reverse()) await end();
});

/** A service, and the command beside it. */
async function withCommand(kind: 'SQLite' | 'PostgreSQL', administrators: string[] = []) {
	let databaseUrl = '';
	if (kind === 'PostgreSQL') {
		const server = await PostgresServer.start();
		ending.push(() => server.close());
		databaseUrl = await server.createDatabase();
	}
	const { dir } = (await testConfig()).data;
	const service = await startService({ data: { dir, databaseUrl }, accounts: { administrators } });
	ending.push(() => service.close());
	const env = {
		...childEnvironment,
		PARLEY_DATA_DIR: dir,
		PARLEY_DATA_DATABASEURL: databaseUrl,
		PARLEY_ACCOUNTS_ADMINISTRATORS: JSON.stringify(administrators),
	};
	const run = async (...args: string[]): Promise<string> => {
		try {
			return (await promisify(execFile)(process.execPath, [program, ...args], { env })).stdout;
		} catch (error) {
			return `failed: ${(error as { stderr: string }).stderr}`;
		}
	};
	return { service, run };
}

const mayAdminister = async (visit: Visit) =>
	(await visit.ask('GET', '/api/admin/overview')).code === 'OK';

async function deleted(account: Visit): Promise<void> {
	const body = { password: goodPassword, messages: 'keep' };
	expect((await account.ask('POST', '/api/account/delete', body)).code).toBe('OK');
}

describe.each(['SQLite', 'PostgreSQL'] as const)('ACCOUNT-14: npm run admin on %s', (kind) => {
	test('A-H10: names accounts beside a running service, and takes it back', async () => {
		const { service, run } = await withCommand(kind);
		const [account, other] = [await Visit.account(service), await Visit.account(service)];
		expect(await run('list')).toBe('There are no administrators.\n');
		expect(await run('add', freshName('nobody'))).toMatch(/^failed: There is no account named/);
		expect(await mayAdminister(account)).toBe(false);
		// Case does not count, for signing in and here.
		expect(await run('add', account.userName.toUpperCase())).toBe(
			`${account.userName} is an administrator.\n`,
		);
		expect(await mayAdminister(account)).toBe(true);
		expect(await mayAdminister(other)).toBe(false);
		expect(await run('list')).toBe(`${account.userName}: administrator\n`);
		expect(await run('remove', account.userName)).toMatch(/is no administrator any more\.\n$/);
		expect(await mayAdminister(account)).toBe(false);
		expect(await run('remove', account.userName)).toMatch(/^failed: .* is no administrator/);
		expect(await run('promote', account.userName)).toMatch(/^failed: Say "add NAME"/);
	});

	test('A-H10: keeps the name of a deleted administrator until it is made free', async () => {
		const { service, run } = await withCommand(kind);
		const account = await Visit.account(service);
		await run('add', account.userName);
		await deleted(account);
		expect(await run('list')).toMatch(/the account was deleted, and the name is reserved\n$/);
		const stranger = await Visit.guest(service);
		expect((await stranger.signUp(`${account.userName}._`)).code).toBe('NAME_TAKEN');
		expect((await stranger.signUp(account.userName)).code).toBe('NAME_TAKEN');
		await run('remove', account.userName);
		expect((await stranger.signUp(account.userName)).code).toBe('OK');
		expect(await mayAdminister(stranger)).toBe(false);
	});
});

test('ACCOUNT-14, A-H10: a name that left the configuration makes nobody an administrator', async () => {
	const name = freshName('root');
	const { dir } = (await testConfig()).data;
	const begin = (administrators: string[]): Promise<Service> =>
		startService({ data: { dir }, accounts: { administrators } });
	const first = await begin([name]);
	const account = await Visit.account(first, name);
	expect(await mayAdminister(account)).toBe(true);
	const { app } = first;
	await app.close();
	const second = await begin([]);
	ending.push(() => second.close());
	const again = await Visit.guest(second);
	await again.signIn(name);
	expect(await mayAdminister(again)).toBe(false);
	await deleted(again);
	expect((await again.signUp(name)).code).toBe('NAME_TAKEN');
});
