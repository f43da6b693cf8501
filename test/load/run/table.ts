import type { Report } from './report.ts';
import type { Summary, Times } from './summary.ts';

/** Requests that are worth a line of the table, of which the slowest come first. */
const mostRequests = 6;

/** The report as people read it. */
export function tableOf(report: Report): string {
	const { run, machines, summary } = report;
	const { bots, received, others, chat, errors } = summary;
	const [first] = machines;
	const { scenario, rooms, peers, video } = first?.asked ?? {
		scenario: '',
		rooms: 0,
		peers: 0,
		video: '',
	};
	const { audio, video: pictures } = received.streams;
	return [
		'',
		`run ${run}: ${scenario}, ${rooms} × ${peers} bots, ${video}, ${first?.url}${machines.length > 1 ? `, ${machines.length} machines` : ''}`,
		...(first ? [`load on for ${first.seconds.toFixed(0)} s, ${first.ended}`] : []),
		'',
		...(summary.bulk
			? [
					'in bulk: prepared packets, sent at a fixed rate whatever the line carries, and counted where they come',
					'not measured: encoding, decoding, delay, freezes, sound gaps, congestion control, answers to requests for key frames',
					'',
				]
			: []),
		row('bots inside', `${bots.inside} of ${bots.asked}`),
		row('received all', `${bots.complete} of ${bots.asked}`),
		row('joins a second', summary.joinsPerSecond.toFixed(1)),
		row('others heard', `${others.heard} of ${others.sound}`),
		row('others seen', `${others.seen} of ${others.pictures}`),
		'',
		heading('ms of each step'),
		...Object.entries(summary.steps).map(([name, times]) => timesRow(name, times)),
		...(summary.pictureDelay ? [timesRow('camera to decoded', summary.pictureDelay)] : []),
		'',
		heading('ms of requests, slowest first'),
		...slowest(summary.requests).map(([name, times]) => timesRow(name, times)),
		'',
		row('received', `${mega(received.bitrate)} Mbit/s by all bots`),
		row(
			'  each picture',
			`${kilo(pictures.p50)} kbit/s (p50), ${kilo(pictures.p5)} (p5), ${pictures.count} streams`,
		),
		row(
			'  each sound',
			`${kilo(audio.p50)} kbit/s (p50), ${kilo(audio.p5)} (p5), ${audio.count} streams`,
		),
		row('  loss', percent(received.loss)),
		...decodedRows(received.decoded),
		...(summary.probe ? ['', ...probeRows(summary.probe)] : []),
		...(chat.posted > 0 ? ['', ...chatRows(chat)] : []),
		'',
		...summary.service.map(({ name, cpu, memory }) =>
			row(
				`service, ${name}`,
				`${percent(cpu)} of a core${memory === null ? '' : `, ${memory.toFixed(0)} MB`}`,
			),
		),
		...(summary.service.length === 0 ? [row('service', 'CPU and memory not known from here')] : []),
		...machines.map(({ machine: { cores, loadBefore, loadAfter, bots: used } }) =>
			row(
				'machine of the bots',
				`${used.toFixed(2)} of ${cores} cores by bots, load ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`,
			),
		),
		...(isBusy(report)
			? [
					row(
						'',
						'the machine of the bots was busy: times and gaps tell more of it than of the service',
					),
				]
			: []),
		'',
		errors.length === 0 ? 'no errors' : 'errors',
		...errors.map(
			({ what, code, message, count }) =>
				`  ${String(count).padStart(6)}  ${what} ${code}: ${message}`,
		),
	].join('\n');
}

/** Whether a machine of bots had more to do than it has cores, or its bots needed most of them. */
const isBusy = ({ machines }: Report) =>
	machines.some(
		({ machine: { cores, loadAfter, bots } }) => loadAfter > cores || bots > 0.8 * cores,
	);

const slowest = (requests: Record<string, Times>) =>
	Object.entries(requests)
		.sort(([, a], [, b]) => b.p95 - a.p95)
		.slice(0, mostRequests);

const chatRows = ({ posted, delivered, expected, delay }: Summary['chat']) => [
	row('messages posted', String(posted)),
	row('messages delivered', `${delivered} of ${expected}`),
	...(delay ? [heading('ms'), timesRow('post to delivery', delay)] : []),
];

const decodedRows = (decoded: Summary['received']['decoded']) =>
	decoded === null
		? []
		: [
				row('  freezes', `${decoded.freezesPerMinute.toFixed(2)} in a minute of a bot`),
				row(
					'  audio gaps',
					`${decoded.audioGapsPerMinute.toFixed(2)} in a minute of a bot, ${percent(decoded.audioGapShare)} of the time`,
				),
			];

const probeRows = (probe: NonNullable<Summary['probe']>) => [
	heading('ms as the browser has it'),
	...(probe.pictureDelay ? [timesRow('camera to screen', probe.pictureDelay)] : []),
	...(probe.soundDelay ? [timesRow('microphone to speaker', probe.soundDelay)] : []),
	row('browser', `${probe.streams} pictures read, ${probe.voices} voices heard`),
	row(
		'  freezes over 200 ms',
		`${probe.freezesPerMinute.toFixed(2)} in a minute of a picture, ${percent(probe.frozenShare)} of the time`,
	),
	row(
		'  sound gaps',
		`${probe.gapsPerMinute.toFixed(2)} in a minute of a voice, ${percent(probe.gapShare)} of the time`,
	),
	...probe.failures.map((failure) => row('  failed', failure)),
];

const row = (name: string, value: string) => `${name.padEnd(24)}${value}`;
const heading = (name: string) =>
	[name.padEnd(32), ...['count', 'p50', 'p95', 'p99', 'max'].map((each) => each.padStart(8))].join(
		'',
	);
const timesRow = (name: string, { count, ...times }: Times) =>
	[
		name.padEnd(32),
		String(count).padStart(8),
		...Object.values(times).map((ms) => ms.toFixed(ms < 10 ? 1 : 0).padStart(8)),
	].join('');
const mega = (bits: number) => (bits / 1e6).toFixed(1);
const kilo = (bits: number) => (bits / 1000).toFixed(0);
const percent = (share: number) => `${(share * 100).toFixed(share < 0.1 ? 2 : 0)} %`;
