import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../../../setup/project.mjs';
import type { MachineLoad } from '../measurement.ts';

/** A table: the first column names its row. */
export type Table = { title: string; columns: string[]; rows: (readonly string[])[] };

/** Points to be drawn as lines over a common axis, or as dots. */
export type Plot = {
	title: string;
	x: string;
	y: string;
	lines: { name: string; points: [number, number][] }[];
};

/** A figure that is to be reached. */
export type Goal = { what: string; goal: string; seen: string; isMet: boolean };

/** What came of a benchmark. */
export type Findings = {
	/** How many runs each figure comes from, in words. */
	runs: string;
	tables: Table[];
	plots: Plot[];
	goals: Goal[];
	/** What a reader must know before believing the figures. */
	notes: string[];
};

/** What is written as JSON. */
export type Report = Findings & {
	name: string;
	title: string;
	/** The revision of the code; with a plus where files are changed since. */
	revision: string;
	/** When it ended, in ISO 8601. */
	at: string;
	/** Whether it ran for seconds only, to show that it runs. */
	isSmoke: boolean;
	/** Whether it came to its own end. */
	isComplete: boolean;
	machine: { cpu: string; cores: number; memoryGb: number; node: string };
	load: { before: MachineLoad; after: MachineLoad };
};

/** Where reports are written unless another folder is named. */
export const reports = inProject('artifacts', 'bench');

export function machine(): Report['machine'] {
	return {
		cpu: cpus()[0]?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		node: process.version,
	};
}

/** The revision that is checked out; unknown where git does not say. */
export function revisionHere(): string {
	try {
		const git = (...args: string[]) =>
			execFileSync('git', args, { cwd: inProject(), encoding: 'utf8' }).trim();
		const changed = git('status', '--porcelain', '--untracked-files=no');
		return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`;
	} catch {
		return 'unknown';
	}
}

/**
 * Writes the report to this folder, under this name.
 *
 * @returns the file.
 */
export function writeReport(report: Report, folder: string, name: string): string {
	mkdirSync(folder, { recursive: true });
	const file = join(folder, `${name}.json`);
	writeFileSync(file, `${JSON.stringify(report, null, '\t')}\n`);
	return file;
}

/** The table as lines of text. */
export function tableWords({ title, columns, rows }: Table): string {
	const widths = columns.map((column, index) =>
		Math.max(column.length, ...rows.map((row) => row[index]?.length ?? 0)),
	);
	const lineOf = (cells: readonly string[]) =>
		cells
			.map((cell, index) =>
				index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
			)
			.join('  ');
	return [title, lineOf(columns), ...rows.map(lineOf)].join('\n');
}

/** All of it as lines of text. */
export function reportWords({ title, runs, tables, goals, notes, isComplete }: Report): string {
	const goalLines = goals.map(
		({ what, goal, seen, isMet }) => `${isMet ? 'met   ' : 'MISSED'} ${what}: ${seen} (${goal})`,
	);
	return [
		`\n${title}: ${runs}${isComplete ? '' : ', NOT COMPLETE'}`,
		...tables.map((table) => `\n${tableWords(table)}`),
		...(goalLines.length > 0 ? ['', ...goalLines] : []),
		...(notes.length > 0 ? ['', ...notes] : []),
	].join('\n');
}
