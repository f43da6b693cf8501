import { parseArgs } from 'node:util';
import { loadConfig } from './platform/config.ts';
import { StartError } from './platform/startError.ts';
import { backUp } from './store/worker/backup.ts';

const help = `Usage: npm run backup -- [options] [FOLDER]

Makes FOLDER, with the database, the uploaded files (unless they are in a bucket) and the signing secret in it. Without FOLDER it is one
that is named after the time, in the folder "backups" of data.dir. The service may run meanwhile.

  --config FILE   read this configuration (default: config.json, if there is one)
  --help          show this

docs/operating.md says how to restore it.
`;

function readArguments() {
	try {
		const { values, positionals } = parseArgs({
			options: { config: { type: 'string' }, help: { type: 'boolean', default: false } },
			allowPositionals: true,
		});
		if (positionals.length > 1) throw new Error('Only one folder can be named.');
		return { ...values, folder: positionals[0] };
	} catch (error) {
		throw new StartError(`${(error as Error).message} (--help shows the options)`);
	}
}

/** Makes a backup. Prints one sentence with the reason if it fails. */
async function main(): Promise<void> {
	const { config: file, folder, help: wantsHelp } = readArguments();
	if (wantsHelp) {
		process.stdout.write(help);
		return;
	}
	const { data, files } = loadConfig(file, process.env);
	const { bucket } = files.s3;
	const made = await backUp(data, bucket ? null : files.dir || data.dir, folder);
	process.stdout.write(
		bucket
			? `The backup is ${made}, without files: copy the bucket ${bucket} after it.\n`
			: `The backup is ${made}\n`,
	);
}

main().catch((error: unknown) => {
	process.stderr.write(
		error instanceof StartError ? `There is no backup. ${error.message}\n` : `${String(error)}\n`,
	);
	process.exit(1);
});
