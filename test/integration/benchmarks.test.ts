import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { childEnvironment } from '../support/childEnvironment.ts';
import { isJanusThere } from '../load/bench/janus/janusSide.ts';
import { pageOf, partsIn } from '../load/bench/pages.ts';
import type { Report } from '../load/bench/report.ts';

/** Where it is not installed, what is measured in browsers is left out. */
const chromium = process.env['PARLEY_CHROMIUM'];

const program = join(import.meta.dirname, '../load/bench.ts');

/** Runs a benchmark for seconds, as `npm run bench` does. */
async function smoke(name: string): Promise<Report> {
	const out = mkdtempSync(join(tmpdir(), 'parley-bench-'));
	onTestFinished(() => rmSync(out, { recursive: true }));
	const given = [program, name, '--smoke', '--out', out];
	const env = { ...childEnvironment, ...(chromium && { PARLEY_CHROMIUM: chromium }) };
	await promisify(execFile)(process.execPath, given, { env });
	return JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8')) as Report;
}

/** How many rows the tables of a whole report have, and how many lines each of its plots. */
type Whole = { rows: number[]; lines: number[] };
const sides = isJanusThere() ? 4 : 2;
const withoutBrowsers: Record<string, Whole> = {
	forwarding: { rows: [sides], lines: [sides] },
	memory: { rows: [3], lines: [3, 3, 3] },
	fullLoad: { rows: [1], lines: [1] },
	largeRooms: { rows: [2, 1], lines: [1] },
	signalling: { rows: [4], lines: [3] },
};
const inBrowsers: Record<string, Whole> = {
	crowd: { rows: [3, 3], lines: [3] },
	delays: { rows: [1], lines: [1] },
	glass: { rows: [2, 2], lines: [2] },
	start: { rows: [3], lines: [3] },
	tiles: { rows: [4], lines: [4, 4, 4] },
};

/** That it is whole, not that it is fast. */
async function isWhole(name: string, { rows, lines }: Whole): Promise<void> {
	const report = await smoke(name);
	expect(report).toMatchObject({ name, isComplete: true, isSmoke: true });
	expect(report.load.before.cores).toBe(report.machine.cores);
	expect(report.tables.map((table) => table.rows.length)).toEqual(rows);
	for (const { columns, rows: all } of report.tables)
		for (const row of all) expect(row).toHaveLength(columns.length);
	expect(report.plots.map((plot) => plot.lines.length)).toEqual(lines);
	for (const plot of report.plots)
		for (const { points } of plot.lines) {
			expect(points).not.toEqual([]);
			for (const [x, y] of points)
				expect([Number.isFinite(x), Number.isFinite(y)]).toEqual([true, true]);
		}

	const { page, images } = pageOf([report]);
	for (const table of report.tables)
		for (const [what = ''] of table.rows) expect(page).toContain(what);
	expect(images.size).toBe(lines.length);
	// A part that is not measured again stays as it was.
	expect(pageOf([...partsIn(page).values()]).page).toBe(page);
	for (const [image, svg] of images) {
		expect(page).toContain(`](${image})`);
		expect(svg).not.toContain('NaN');
	}
}

const title = 'npm run bench -- %s --smoke measures all that it is for, and the page shows it';
test.each(Object.entries(withoutBrowsers))(title, isWhole);
test.runIf(chromium).each(Object.entries(inBrowsers))(title, isWhole);
