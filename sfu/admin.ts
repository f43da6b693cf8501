import { parseArgs } from 'node:util';
import { loadConfig } from './platform/config.ts';
import { Administrators } from './people/identity/administrators.ts';
import { StartError } from './platform/startError.ts';
import {
	administratorsIn,
	appoint,
	dismiss,
	type Administrator,
} from './store/people/administrators.ts';
import { openForCommand } from './store/worker/beside.ts';
import type { Database } from './store/database/database.ts';

const help = `Usage: npm run admin -- [options] COMMAND

  add NAME      the account with this username looks after the server
  remove NAME   it does not any more; the name of a deleted account becomes free
  list          who does

The service may run meanwhile, and sees it within a minute.

  --config FILE   read this configuration (default: config.json, if there is one)
  --help          show this
`;

type Command = { command: 'add' | 'remove'; name: string } | { command: 'list' };

function readArguments(): { file: string | undefined; request: Command | null } {
	try {
		const { values, positionals } = parseArgs({
			options: { config: { type: 'string' }, help: { type: 'boolean', default: false } },
			allowPositionals: true,
		});
		const [command, name, ...more] = positionals;
		if (values.help) return { file: values.config, request: null };
		if (command === 'list' && name === undefined)
			return { file: values.config, request: { command } };
		if ((command === 'add' || command === 'remove') && name !== undefined && more.length === 0)
			return { file: values.config, request: { command, name } };
		throw new Error('Say "add NAME", "remove NAME" or "list".');
	} catch (error) {
		throw new StartError(`${(error as Error).message} (--help shows the options)`);
	}
}

/** Carries out a command. Returns its result as a sentence. */
async function carryOut(
	database: Database,
	asked: Command,
	named: Administrators,
): Promise<string> {
	if (asked.command === 'list') {
		const all = await administratorsIn(database.db);
		const lines = all.map((one) => `${one.userName ?? one.name}: ${standingOf(one, named)}\n`);
		return lines.length > 0 ? lines.join('') : 'There are no administrators.\n';
	}
	const { command, name } = asked;
	if (command === 'add') {
		const userName = await database.write((tx) => appoint(tx, name, Date.now()));
		if (userName !== null) return `${userName} is an administrator.\n`;
		throw new StartError(`There is no account named "${name}". Sign up first.`);
	}
	if (!(await database.write((tx) => dismiss(tx, name))))
		throw new StartError(`"${name}" is no administrator.`);
	const still = named.isNamed(name)
		? ' The name is still in accounts.administrators, and counts again from the next start on: take it out there.'
		: '';
	return `"${name}" is no administrator any more.${still}\n`;
}

function standingOf({ userName, appointed }: Administrator, named: Administrators): string {
	if (userName === null) return 'the account was deleted, and the name is reserved';
	if (appointed) return 'administrator';
	return named.isNamed(userName)
		? 'administrator by accounts.administrators'
		: 'not any more: the name is not in accounts.administrators';
}

/** Names administrators. Prints one sentence with the reason if it fails. */
async function main(): Promise<void> {
	const { file, request } = readArguments();
	if (!request) {
		process.stdout.write(help);
		return;
	}
	const { data, accounts } = loadConfig(file, process.env);
	const database = await openForCommand(data);
	try {
		const named = new Administrators(accounts.administrators);
		process.stdout.write(await carryOut(database, request, named));
	} finally {
		await database.close();
	}
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof StartError ? error.message : String(error)}\n`);
	process.exit(1);
});
