import { parseArgs } from 'node:util';
import { createApp, type App } from './app.ts';
import { loadConfig } from './platform/config.ts';
import { endInOrder } from './ending.ts';
import { createLog } from './platform/log.ts';
import { lanAddresses } from './media/worker/addresses.ts';
import { StartError } from './platform/startError.ts';

const help = `Usage: npm start -- [options]

  --config FILE   read this configuration (default: config.json, if there is one)
  --lan           serve HTTPS with a certificate made here, for devices in the local network
  --help          show this

Every setting is explained in config.example.json.
`;

function readArguments() {
	try {
		return parseArgs({
			options: {
				config: { type: 'string' },
				lan: { type: 'boolean', default: false },
				help: { type: 'boolean', default: false },
			},
		}).values;
	} catch (error) {
		throw new StartError(`${(error as Error).message} (--help shows the options)`);
	}
}

/** The message after a start: where the service listens, and what browsers are told. */
function greeting(app: App, port: number, basePath: string, lan: boolean): string {
	const { first, last, pagesPort, announced, configured } = app.media;
	const ports = first === last ? `port ${first}` : `ports ${first} to ${last}`;
	const withPages = pagesPort ? `, and on TCP port ${pagesPort} with the pages` : '';
	const source = configured
		? 'from media.announcedAddress'
		: 'found on this machine; set media.announcedAddress when it is reached from elsewhere';
	const lines = [
		`Parley listens on ${app.scheme}://localhost:${port}${basePath}`,
		`Media on UDP and TCP ${ports}${withPages}; browsers will be told ${announced.join(', ')} (${source})`,
	];
	if (lan) {
		const outside = lanAddresses().filter((address) => !address.startsWith('127.'));
		const addresses = outside.map((address) => `https://${address}:${port}${basePath}`);
		lines.push(
			addresses.length > 0
				? `From another device, open ${addresses.join(' or ')} and accept the warning: the certificate was made here.`
				: 'This machine is in no network, so no other device can reach it.',
		);
	}
	return lines.map((line) => `${line}\n`).join('');
}

/** Starts the service. Prints one sentence with the reason if it fails. */
async function main(): Promise<void> {
	const { config: file, lan, help: wantsHelp } = readArguments();
	if (wantsHelp) {
		process.stdout.write(help);
		return;
	}
	const warnings: string[] = [];
	const config = loadConfig(file, process.env, (words) => warnings.push(words));
	const log = createLog(config.log);
	for (const words of warnings) log.warn(words);
	const app = await createApp(config, log, { lan });
	endInOrder(app, log);
	try {
		process.stdout.write(greeting(app, await app.listen(), config.http.basePath, lan));
		if (process.getuid?.() === 0)
			log.warn(
				'the service runs as root: run it as a user of its own, as docs/operations/systemd.md shows',
			);
	} catch (error) {
		await app.close();
		throw error;
	}
}

main().catch((error: unknown) => {
	process.stderr.write(
		error instanceof StartError ? `Parley cannot start. ${error.message}\n` : `${String(error)}\n`,
	);
	process.exit(1);
});
