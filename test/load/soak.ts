/**
 * Whether a service gives back all it takes: `npm run load:soak` (`--joins 10000 --downloads 2000 --samples 10`).
 *
 * People come into rooms and leave them, half of them by a connection that breaks; then downloads are broken off. After
 * each tenth it is looked at what the service holds. Prints each look and by how much everything grows with each operation,
 * with a verdict. A service of its own; the same people and rooms again and again, so that no row is a new person's.
 */
import { parseArgs } from 'node:util';
import { slopeOf, soakDownloads, soakJoins, type Sample } from '../support/soak.ts';
import { Watched } from '../support/watched.ts';

const { values } = parseArgs({
	options: {
		joins: { type: 'string', default: '10000' },
		downloads: { type: 'string', default: '2000' },
		samples: { type: 'string', default: '10' },
	},
});
const [joins, downloads, samples] = [values.joins, values.downloads, values.samples].map(
	Number,
) as [number, number, number];

/** What of everything is to be flat: how much of it may be more at the end, and its unit. */
const measures: Record<string, { of: (sample: Sample) => number; most: number; unit: string }> = {
	descriptors: { of: ({ descriptors }) => descriptors, most: 4, unit: '' },
	timers: { of: ({ timers }) => timers, most: 8, unit: '' },
	'handles and requests': { of: ({ resources }) => resources, most: 4, unit: '' },
	heap: { of: ({ heap }) => heap, most: 4 * 1024, unit: ' kB' },
	memory: { of: ({ memory }) => memory, most: 32 * 1024, unit: ' kB' },
	"workers' memory": { of: ({ workerMemory }) => workerMemory, most: 8 * 1024, unit: ' kB' },
};

let sound = true;

function report(what: string, operations: number, found: Sample[]): void {
	const [first, last] = [found[0], found.at(-1)];
	if (!first || !last) return;
	console.log(`\n${what}`);
	const names = Object.keys(measures);
	console.log(['after'.padStart(8), ...names.map((name) => name.padStart(21))].join(''));
	for (const sample of found) {
		const figures = Object.values(measures).map(({ of }) => of(sample).toFixed(0).padStart(21));
		console.log([String(sample.after).padStart(8), ...figures].join(''));
	}
	console.log('grows with each thousand, and in all of it');
	for (const [name, { of, most, unit }] of Object.entries(measures)) {
		const slope = slopeOf(found, of);
		const flat = slope * operations <= most;
		sound &&= flat;
		const figures = `${(slope * 1000).toFixed(2).padStart(10)}${unit} ${(slope * operations).toFixed(1).padStart(10)}${unit}`;
		console.log(
			`  ${name.padEnd(24)}${figures}  ${flat ? 'flat' : `GROWS: at most ${most}${unit}`}`,
		);
	}
	const growing = Object.keys(last.rows)
		.map((table) => ({ table, slope: slopeOf(found, ({ rows }) => rows[table] ?? 0) }))
		.filter(({ slope }) => Math.abs(slope) * operations >= 1);
	for (const { table, slope } of growing)
		console.log(`  rows of ${table.padEnd(24)}${(slope * 1000).toFixed(0)}`);
	if (growing.length === 0) console.log('  rows are flat');
}

const service = await Watched.start();
try {
	const began = performance.now();
	report(`${joins} joins and leaves`, joins, await soakJoins(service, { times: joins, samples }));
	const name = `${downloads} downloads that were broken off`;
	report(name, downloads, await soakDownloads(service, { times: downloads, samples }));
	const errors = service.errors();
	console.log(`\nerrors in the log: ${errors.length === 0 ? 'none' : errors.join('\n')}`);
	const minutes = ((performance.now() - began) / 60_000).toFixed(1);
	console.log(`${sound ? 'All is flat' : 'Something GROWS'}, after ${minutes} min`);
	process.exitCode = sound && errors.length === 0 ? 0 : 1;
} finally {
	await service.close();
}
