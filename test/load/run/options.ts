import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { scenarios, type ScenarioName } from '../scenarios/scenarios.ts';
import { Ended } from './exits.ts';

/** Sizes of the pictures that cameras give, in pixels. */
const videos = {
	none: null,
	'180p': { width: 320, height: 180 },
	'360p': { width: 640, height: 360 },
	'720p': { width: 1280, height: 720 },
} as const;
type Video = keyof typeof videos;

export type RunOptions = {
	url: string;
	run: string;
	scenario: ScenarioName;
	rooms: number;
	peers: number;
	video: Video;
	framesPerSecond: number;
	/** For how long the load is on after all are inside, and over how long the joins are spread, in s. */
	seconds: number;
	ramp: number;
	processes: number;
	/** Whether bots send prepared packets and count those that come, instead of encoding and decoding. */
	bulk: boolean;
	/** Whether a browser joins the first room, and measures what is seen and heard there. */
	probe: boolean;
	/** Opens `/metrics`; null for none. */
	metricsToken: string | null;
};

export type Options = { report: string | null } & (
	{ kind: 'run'; options: RunOptions } | { kind: 'merge'; run: string | null; files: string[] }
);

/** The picture of the cameras, in pixels; null for no cameras. */
export const pictureOf = (video: Video) => videos[video];

const names = (of: object) => Object.keys(of).join(', ');

export const help = `npm run load -- --url https://meet.example.org [options]

Sends bots that are real clients into rooms of a Parley service, and prints what they met with.

  --url URL            where the service is, with its path if it has one; required
  --rooms N            how many rooms (2)
  --peers N            how many bots in each (4)
  --scenario NAME      what they do (all-to-all):
${Object.entries(scenarios)
	.map(([name, { about }]) => `                       ${name.padEnd(13)} ${about}`)
	.join('\n')}
  --video SIZE         what cameras give: ${names(videos)} (360p)
  --fps N              pictures of a camera in a second (15)
  --seconds N          how long the load is on after all are inside (30)
  --ramp N             over how many seconds the joins are spread (2)
  --processes N        how many processes hold the bots (one for 8 bots, at most one for each core)
  --bulk               bots send prepared packets and count those that come: far more of them, and less is measured
  --probe              a browser joins the first room, and measures what is seen and heard there
  --report FILE        write the report as JSON
  --run NAME           the name of a run of several machines
  --merge FILES        instead of a run: put the reports of several machines together
  --metrics-token T    read CPU and memory of the service from its /metrics (or LOAD_METRICS_TOKEN)`;

/** @throws {Ended} where they make no sense. */
export function readOptions(args: string[]): Options | 'help' {
	const { values, positionals } = parsed(args);
	if (values.help) return 'help';
	const report = values.report ?? null;
	if (values.merge !== undefined) {
		const files = [values.merge, ...positionals];
		return { kind: 'merge', run: values.run ?? null, files, report };
	}
	if (positionals.length > 0) throw wrong(`"${positionals[0]}" is not understood`);
	const [scenario, video] = [values.scenario ?? 'all-to-all', values.video ?? '360p'];
	if (!isKeyOf(scenarios, scenario)) throw wrong(`--scenario is one of ${names(scenarios)}`);
	if (!isKeyOf(videos, video)) throw wrong(`--video is one of ${names(videos)}`);
	const count = (name: keyof typeof values, unless: number, least: number, most: number) => {
		const number = Number(values[name] ?? unless);
		if (!Number.isInteger(number) || number < least || number > most)
			throw wrong(`--${name} is a number from ${least} to ${most}`);
		return number;
	};
	const { probe = false, bulk = false } = values;
	if (probe && bulk) throw wrong('--probe reads pictures, and --bulk sends none');
	if (probe && scenarios[scenario].meets !== 'rooms')
		throw wrong(`--probe joins a room, and ${scenario} has none`);
	const [rooms, peers] = [count('rooms', 2, 1, 10_000), count('peers', 4, 1, 1000)];
	const processes = Math.min(availableParallelism(), Math.ceil((rooms * peers) / 8));
	return {
		kind: 'run',
		report,
		options: {
			...{ url: addressOf(values.url), scenario, rooms, peers, video, probe, bulk },
			run: values.run ?? randomUUID().slice(0, 8),
			framesPerSecond: count('fps', 15, 1, 60),
			seconds: count('seconds', 30, 1, 86_400),
			ramp: count('ramp', 2, 0, 3600),
			processes: count('processes', processes, 1, 256),
			metricsToken: values['metrics-token'] ?? process.env['LOAD_METRICS_TOKEN'] ?? null,
		},
	};
}

function parsed(args: string[]) {
	const text = { type: 'string' } as const;
	try {
		return parseArgs({
			args,
			allowPositionals: true,
			options: {
				...{ url: text, rooms: text, peers: text, scenario: text, video: text, fps: text },
				...{ seconds: text, ramp: text, processes: text, report: text, run: text, merge: text },
				...{ 'metrics-token': text, probe: { type: 'boolean' }, bulk: { type: 'boolean' } },
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw wrong(error instanceof Error ? error.message : String(error));
	}
}

/** Of the service, without the slash at its end. The link of a room names it, too. */
function addressOf(url: string | undefined): string {
	if (url === undefined) throw wrong('--url is missing');
	try {
		const { protocol, origin, pathname } = new URL(url);
		if (protocol === 'http:' || protocol === 'https:')
			return origin + pathname.replace(/\/(?:room\/.*)?$/, '');
	} catch {
		// It is told below, like any other address that is none.
	}
	throw new Ended(
		'unreachable',
		`"${url}" is no address of a service, such as https://meet.example.org.`,
	);
}

const isKeyOf = <T extends object>(of: T, key: PropertyKey): key is keyof T =>
	Object.hasOwn(of, key);

const wrong = (why: string) => new Ended('usage', `${why}; --help says more.`);
