import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mergeReports, reportOf, type MachineReport } from '../../load/run/report.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'parley-reports-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A machine with two bots in a room that have received each other, and waited so long for the lobby, in ms. */
const machine = (...lobby: [number, number]): MachineReport => ({
	...{ url: 'https://meet.example.org', began: '2031-05-06T07:08:09Z', ended: 'done', seconds: 30 },
	asked: {
		...{ scenario: 'all-to-all', rooms: 1, peers: 2, video: '360p' },
		...{ framesPerSecond: 15, seconds: 30, ramp: 2 },
		bulk: false,
	},
	machine: { cores: 2, loadBefore: 0, loadAfter: 0, bots: 1 },
	...{ service: [], probe: null },
	bots: lobby.map((ms) => ({
		...{ joinedFrom: 1000, joinedAt: 3000 },
		steps: { lobby: [ms] },
		requests: {},
		failures: [{ what: 'media:want', code: 'TOO_MANY_REQUESTS', message: 'Wait.', count: 2 }],
		others: { sound: 1, heard: 1, pictures: 1, seen: 1 },
		received: {
			...{ seconds: 30, bytes: 3_000_000, packets: 990, lost: 10, frames: 450, freezes: 1 },
			...{ samples: 1000, concealed: 10, gaps: 2 },
		},
		bitrates: { audio: [32_000], video: [768_000] },
		pictureDelays: [],
		chat: { posted: 0, delivered: 0, delays: [] },
	})),
});

function write(name: string, run: string, of: MachineReport): string {
	const file = join(folder, name);
	writeFileSync(file, JSON.stringify(reportOf(run, [of])));
	return file;
}

test('reports of several machines become one, whose figures are those of all bots', () => {
	const files = [
		write('a.json', 'friday', machine(10, 20)),
		write('b.json', 'friday', machine(30, 40)),
	];
	const { run, machines, summary } = mergeReports(files, null);
	expect(run).toBe('friday');
	expect(machines).toHaveLength(2);
	expect(summary).toMatchObject({
		bots: { asked: 4, inside: 4, complete: 4 },
		joinsPerSecond: 2,
		steps: { lobby: { count: 4, p50: 20, max: 40 } },
		others: { sound: 4, heard: 4, pictures: 4, seen: 4 },
		received: {
			...{ bitrate: 4 * 800_000, loss: 0.01 },
			decoded: { freezesPerMinute: 2, audioGapsPerMinute: 4 },
		},
		errors: [{ code: 'TOO_MANY_REQUESTS', count: 8 }],
	});
});

test('what decoders tell comes from the machines whose bots have them', () => {
	const real = machine(10, 20);
	const bulk = { ...machine(30, 40), asked: { ...real.asked, bulk: true } };
	const { summary } = reportOf('friday', [real, bulk]);
	expect(summary).toMatchObject({ bulk: true, bots: { inside: 4 } });
	expect(summary.received.decoded).toMatchObject({ freezesPerMinute: 2, audioGapsPerMinute: 4 });
	expect(reportOf('friday', [bulk]).summary.received.decoded).toBe(null);
});

test('what a browser saw and heard is told in times, and in shares of what it watched', () => {
	const probe = {
		...{ failure: null, streams: 2, watched: 60, pictureDelays: [80, 90, 400], freezes: [600] },
		...{ voices: 2, listened: 30, soundDelays: [120], gaps: [100, 200] },
	};
	const { summary } = reportOf('friday', [{ ...machine(10, 20), probe }, machine(30, 40)]);
	expect(summary.probe).toEqual({
		...{ failures: [], streams: 2, voices: 2 },
		pictureDelay: { count: 3, p50: 90, p95: 400, p99: 400, max: 400 },
		soundDelay: { count: 1, p50: 120, p95: 120, p99: 120, max: 120 },
		...{ freezesPerMinute: 1, frozenShare: 0.01, gapsPerMinute: 4, gapShare: 0.01 },
	});
	expect(reportOf('friday', [machine(10, 20)]).summary.probe).toBe(null);
});

test('a report of another run, and a file that is none, are refused in a sentence', () => {
	const friday = write('friday.json', 'friday', machine(10, 20));
	const monday = write('monday.json', 'monday', machine(10, 20));
	expect(() => mergeReports([friday, monday], null)).toThrow(
		'is of the run "monday", not of "friday".',
	);
	writeFileSync(join(folder, 'none.json'), '{}');
	expect(() => mergeReports([join(folder, 'none.json')], null)).toThrow('is no report of a run');
	expect(() => mergeReports([join(folder, 'missing.json')], null)).toThrow('is no report of a run');
});
