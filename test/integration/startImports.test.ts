import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inProject } from '../../setup/project.mjs';

/** Prints the name of each package that a module loads, and takes the module from the command line. */
const program = `
	import { registerHooks } from 'node:module';
	const packages = new Set();
	registerHooks({
		load(url, context, next) {
			const [, name] = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
			if (name) packages.add(name);
			return next(url, context);
		},
	});
	await import(process.argv[1]);
	process.stdout.write(JSON.stringify([...packages]));
	process.exit();
`;

async function packagesOf(file: string): Promise<string[]> {
	const { stdout } = await promisify(execFile)(process.execPath, [
		'--input-type=module',
		'--eval',
		program,
		inProject(file),
	]);
	return JSON.parse(stdout) as string[];
}

test('a start loads no package of what is not configured: they are a third of all files', async () => {
	const packages = await packagesOf('sfu/app.ts');
	expect(packages).toContain('mediasoup');
	const later = [
		...['@redis/client', 'pg', 'openid-client', 'selfsigned', 'acme-client', '@aws-sdk/client-s3'],
		// The database has threads of its own.
		'kysely',
	];
	expect(packages.filter((name) => later.includes(name))).toEqual([]);
	expect(packages.filter((name) => name.startsWith('@opentelemetry/'))).toEqual([
		'@opentelemetry/api',
	]);
});

test('what PostgreSQL needs is seen where it is loaded', async () => {
	expect(await packagesOf('sfu/store/database/postgres.ts')).toEqual(
		expect.arrayContaining(['kysely', 'pg']),
	);
});
