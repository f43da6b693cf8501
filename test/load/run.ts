/**
 * Sends bots that are real clients into rooms of a Parley service, and prints what they met with:
 * `npm run load -- --url https://meet.example.org --rooms 5 --peers 4`. `--help` lists the options, and
 * docs/operations/load-testing.md says what the figures mean.
 */
import { writeFileSync } from 'node:fs';
import { Ended, exits } from './run/exits.ts';
import { loadRun } from './run/loadRun.ts';
import { help, readOptions, type Options } from './run/options.ts';
import { ProgressLine } from './run/progressLine.ts';
import { mergeReports, reportOf, type Report } from './run/report.ts';
import { tableOf } from './run/table.ts';

/** What a service answers that takes no more people. */
const fullness = new Set(['ROOM_FULL', 'UNAVAILABLE', 'LIMIT_REACHED', 'TOO_MANY_REQUESTS']);

/** Why a run that was not cut short is not complete; null where it is. */
function shortfall({ summary: { bots, others, errors, probe } }: Report): Ended | null {
	if (bots.complete === bots.asked) {
		const [failure] = probe?.failures ?? [];
		if (failure !== undefined) return new Ended('incomplete', `The probe failed: ${failure}`);
		if (probe && others.pictures > 0 && !probe.pictureDelay)
			return new Ended('incomplete', 'The probe saw no picture whose time it could read.');
		if (probe && others.sound > 0 && !probe.soundDelay)
			return new Ended('incomplete', 'The probe heard no beep.');
		return null;
	}
	const out = bots.asked - bots.inside;
	const full = errors.find(({ code }) => fullness.has(code));
	if (out > 0 && full)
		return new Ended(
			'full',
			`The service is full: ${out} of ${bots.asked} bots did not get in (${full.code}: ${full.message}).`,
		);
	if (out > 0) return new Ended('incomplete', `${out} of ${bots.asked} bots did not get in.`);
	return new Ended(
		'incomplete',
		`${bots.asked - bots.complete} of ${bots.asked} bots did not receive all they expected.`,
	);
}

async function measure(options: Extract<Options, { kind: 'run' }>['options']) {
	const abort = new AbortController();
	const line = new ProgressLine();
	process.on('SIGINT', () => {
		// Whoever presses it again does not want to wait for the report.
		if (abort.signal.aborted) process.exit(exits.interrupted);
		abort.abort();
	});
	try {
		const { machine, cut } = await loadRun(options, abort.signal, (state) => line.tell(state));
		return { report: reportOf(options.run, [machine]), cut };
	} finally {
		line.end();
	}
}

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2));
	if (options === 'help') return console.log(help);
	const { report, cut } =
		options.kind === 'run'
			? await measure(options.options)
			: { report: mergeReports(options.files, options.run), cut: null };
	console.log(tableOf(report));
	if (options.report) writeFileSync(options.report, `${JSON.stringify(report, null, '\t')}\n`);
	const ended = cut ?? shortfall(report);
	if (ended) throw ended;
}

try {
	await main();
} catch (error) {
	if (!(error instanceof Ended)) throw error;
	console.error(error.message);
	process.exitCode = exits[error.exit];
}
