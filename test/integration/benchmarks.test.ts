import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { childEnvironment } from '../support/childEnvironment.ts';
import { pageOf } from '../load/bench/pages.ts';
import type { Report } from '../load/bench/report.ts';

const program = join(import.meta.dirname, '../load/bench.ts');

/** Runs a benchmark for seconds, as `npm run bench` does. */
async function smoke(name: string): Promise<Report> {
	const out = mkdtempSync(join(tmpdir(), 'parley-bench-'));
	onTestFinished(() => rmSync(out, { recursive: true }));
	const given = [program, name, '--smoke', '--out', out];
	await promisify(execFile)(process.execPath, given, { env: childEnvironment });
	return JSON.parse(readFileSync(join(out, `${name}.json`), 'utf8')) as Report;
}

/** How many rows the tables of a whole report have, and how many lines each of its plots. */
const whole = {
	memory: { rows: [3], lines: [3, 3, 3] },
	signalling: { rows: [4], lines: [3] },
};

// That it is whole, not that it is fast.
test.each(Object.entries(whole))(
	'npm run bench -- %s --smoke measures all that it is for, and the page shows it',
	async (name, { rows, lines }) => {
		const report = await smoke(name);
		expect(report).toMatchObject({ name, isComplete: true, isSmoke: true });
		expect(report.load.before.cores).toBe(report.machine.cores);
		expect(report.tables.map((table) => table.rows.length)).toEqual(rows);
		for (const { columns, rows: all } of report.tables)
			for (const row of all) expect(row).toHaveLength(columns.length);
		expect(report.plots.map((plot) => plot.lines.length)).toEqual(lines);
		for (const plot of report.plots)
			for (const { points } of plot.lines)
				for (const [x, y] of points)
					expect([Number.isFinite(x), Number.isFinite(y)]).toEqual([true, true]);

		const { page, images } = pageOf([report]);
		for (const table of report.tables)
			for (const [what = ''] of table.rows) expect(page).toContain(what);
		expect(images.size).toBe(lines.length);
		for (const [image, svg] of images) {
			expect(page).toContain(`](${image})`);
			expect(svg).not.toContain('NaN');
		}
	},
);
