import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../../../setup/project.mjs';
import { loadWords } from '../measurement.ts';
import { svgOf } from './plot.ts';
import { reports, type Report, type Table } from './report.ts';

/** Where the pages of the last whole run stand. */
const pages = inProject('docs', 'bench');

const cell = (text: string) => text.replaceAll('|', '\\|') || ' ';

const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;

const tableOf = ({ title, columns, rows }: Table): string =>
	[
		`${title}:`,
		'',
		row(columns),
		row(columns.map((_, index) => (index === 0 ? '---' : '--:'))),
		...rows.map(row),
	].join('\n');

/** One benchmark as a part of the page. Its plots are the images of these names. */
function partOf(report: Report, images: readonly string[]): string {
	const { title, revision, at, runs, machine, load, tables, goals, notes, plots } = report;
	const goalTable: Table = {
		title: 'Goals',
		columns: ['figure', 'goal', 'seen', ''],
		rows: goals.map(({ what, goal, seen, isMet }) => [what, goal, seen, isMet ? 'met' : 'missed']),
	};
	return [
		`## ${title}`,
		`\`npm run bench -- ${report.name}\`, revision \`${revision}\`, ${at.slice(0, 10)}: ${runs}.${report.isComplete ? '' : ' **It did not come to its end.**'} On ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}; before: ${loadWords(load.before)}; after: ${loadWords(load.after)}.`,
		...(goals.length > 0 ? [tableOf(goalTable)] : []),
		...tables.map(tableOf),
		...plots.map(({ title: what }, index) => `![${what}](${images[index]})`),
		...(notes.length > 0 ? [notes.map((note) => `- ${note}`).join('\n')] : []),
	].join('\n\n');
}

/** The reports of whole runs of these benchmarks, in this order. */
export function readReports(names: readonly string[]): Report[] {
	return names.flatMap((name) => {
		const file = join(reports, `${name}.json`);
		if (!existsSync(file)) return [];
		const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
		return report.isSmoke ? [] : [report];
	});
}

/** The page that shows these reports, and parts as they were before; and the images of the reports by their names. */
export function pageOf(all: readonly (Report | string)[]): {
	page: string;
	images: Map<string, string>;
} {
	const images = new Map<string, string>();
	const parts = all.map((report) => {
		if (typeof report === 'string') return report;
		const names = report.plots.map((plot, index) => {
			const name = `${report.name}-${index + 1}.svg`;
			images.set(name, svgOf(plot));
			return name;
		});
		return partOf(report, names);
	});
	const page = `# Benchmarks

Written by \`npm run bench\` from what it measured; do not edit. [Capacity](../capacity.md) says what the figures mean for an operator.
Each part says on which machine it ran, and how busy that was: times of a busy machine are those of the machine. What took turns met the same machine, so that ratios say more than times; how far they reach is their interval.

${parts.join('\n\n')}
`;
	return { page, images };
}

/** The parts of this page, by the names of their benchmarks. */
export function partsIn(page: string): Map<string, string> {
	const parts = page.split(/\n(?=## )/).slice(1);
	return new Map(
		parts.map((part) => [/`npm run bench -- (\w+)`/.exec(part)?.[1] ?? '', part.trim()]),
	);
}

/**
 * Writes `docs/bench/` from the reports in `artifacts/bench/`. What was not measured on this machine stays as it was.
 *
 * @returns the page.
 */
export function writePages(names: readonly string[]): string {
	mkdirSync(pages, { recursive: true });
	const file = join(pages, 'README.md');
	const before = partsIn(existsSync(file) ? readFileSync(file, 'utf8') : '');
	const reported = new Map(readReports(names).map((report) => [report.name, report]));
	const { page, images } = pageOf(
		names.flatMap((name) => reported.get(name) ?? before.get(name) ?? []),
	);
	for (const name of readdirSync(pages))
		if (name.endsWith('.svg') && reported.has(name.replace(/-\d+\.svg$/, '')))
			rmSync(join(pages, name));
	for (const [name, image] of images) writeFileSync(join(pages, name), image);
	writeFileSync(file, page);
	return file;
}
