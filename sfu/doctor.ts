import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Finding } from '#shared/doctor.ts';
import { carryOut, checks } from './doctor/checks.ts';
import type { Subject } from './doctor/subject.ts';
import { ok, unstartable } from './doctor/findings.ts';
import { askService } from './doctor/localService.ts';
import { tryFreePorts } from './doctor/mediaPaths.ts';
import { MediaAddresses } from './media/worker/mediaAddresses.ts';
import { loadConfig, type Config } from './platform/config.ts';

const help = `Usage: npm run doctor -- [options]

Looks at this machine and at the service on it, which may run or not. Ends with 1 if something failed.

  --config FILE     read this configuration (default: config.json, if there is one)
  --page ADDRESS    also open the pages as people do, such as https://meet.example.org, with http.basePath
  --backups FOLDER  where your backups are (default: "backups" in data.dir)
  --json            tell it as JSON
  --help            show this

docs/operations/doctor.md explains each check.
`;

function readArguments() {
	const { values } = parseArgs({
		options: {
			config: { type: 'string' },
			page: { type: 'string' },
			backups: { type: 'string' },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	const page = values.page === undefined ? null : URL.parse(values.page);
	if (values.page !== undefined && !/^https?:$/.test(page?.protocol ?? ''))
		throw new Error('--page needs an address such as https://meet.example.org.');
	// What follows is below it.
	if (page) page.pathname = `${page.pathname.replace(/\/$/, '')}/`;
	return { ...values, page };
}

/** Starts media workers on the ports of the service and on those of the workers that it lends, tries them, and ends them. */
async function tryPorts({ media, redis, node }: Config) {
	const addresses = await MediaAddresses.decide(media);
	const own = media.workers || availableParallelism();
	const count = own + (redis.url === '' ? 0 : node.lentWorkers);
	return tryFreePorts(
		Array.from({ length: count }, (_, index) => media.port + index),
		addresses,
	);
}

type Options = ReturnType<typeof readArguments>;

/** Looks at what the arguments name, and tells each finding. */
async function examine(options: Options, tell: (finding: Finding) => void): Promise<void> {
	let config: Config;
	const warnings: string[] = [];
	try {
		config = loadConfig(options.config, process.env, (words) => warnings.push(words));
	} catch (error) {
		const fix = 'Correct the configuration: config.example.json explains every setting.';
		tell({ check: 'configuration', ...unstartable(error, fix) });
		return;
	}
	tell({ check: 'configuration', ...ok('The configuration is valid.') });
	for (const seen of warnings)
		tell({ check: 'configuration', state: 'warning', seen, fix: 'Correct the name, or unset it.' });
	const service = await askService(config);
	const subject: Subject = {
		config,
		pid: service?.pid ?? null,
		page: options.page,
		backups: options.backups ?? join(config.data.dir, 'backups'),
		mediaPaths: async () => service?.paths ?? tryPorts(config),
	};
	for (const check of checks) for (const finding of await carryOut(check, subject)) tell(finding);
}

const line = ({ check, state, seen, fix }: Finding) =>
	`${state.padEnd(8)} ${check}: ${[seen, fix].filter((words) => words !== '').join(' ')}\n`;

async function main(): Promise<number> {
	const options = readArguments();
	if (options.help) {
		process.stdout.write(help);
		return 0;
	}
	const findings: Finding[] = [];
	await examine(options, (finding) => {
		findings.push(finding);
		if (!options.json) process.stdout.write(line(finding));
	});
	if (options.json) process.stdout.write(`${JSON.stringify(findings, null, '\t')}\n`);
	return findings.some(({ state }) => state === 'failed') ? 1 : 0;
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		const reason = error instanceof Error ? error.message : String(error);
		process.stderr.write(`${reason} (--help shows the options)\n`);
		process.exit(1);
	},
);
