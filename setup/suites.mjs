/** The test suites: how each is run, and how many of its tests passed. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {object} Suite
 * @property {string} name
 * @property {boolean} needsWorker the media worker and the built pages: the suite starts the service
 * @property {boolean} needsPostgres the programs of PostgreSQL
 * @property {boolean} needsBrowser
 * @property {(report: string) => { args: string[], env?: NodeJS.ProcessEnv }} command arguments for
 *   Node; the suite writes its JSON report to the file `report` and a readable one to standard output
 * @property {(report: any) => Counts} count
 */

/** @type {Suite[]} */
export const suites = [
	{
		name: 'unit',
		needsWorker: false,
		needsPostgres: false,
		needsBrowser: false,
		command: vitest('unit'),
		count: countVitest,
	},
	{
		name: 'store',
		needsWorker: false,
		needsPostgres: true,
		needsBrowser: false,
		command: vitest('store'),
		count: countVitest,
	},
	{
		name: 'integration',
		needsWorker: true,
		needsPostgres: false,
		needsBrowser: false,
		command: vitest('integration'),
		count: countVitest,
	},
	{
		name: 'hostile',
		needsWorker: true,
		needsPostgres: false,
		needsBrowser: false,
		command: vitest('hostile'),
		count: countVitest,
	},
	{
		name: 'browser',
		needsWorker: true,
		needsPostgres: false,
		needsBrowser: true,
		command: playwright,
		count: countPlaywright,
	},
];

/**
 * Runs one suite. A suite that crashes, or runs no test at all, counts as one that failed.
 *
 * @param {Suite} suite
 * @param {string} node the Node that runs it
 * @param {NodeJS.ProcessEnv} env added to the environment
 * @returns {Promise<Counts & { remark?: string }>} the remark says what is odd about the counts
 */
export async function runSuite({ name, command, count }, node, env) {
	const report = inProject('.cache', `test-${name}.json`);
	await mkdir(path.dirname(report), { recursive: true });
	await rm(report, { force: true });
	const { args, env: own } = command(report);
	const code = await runInForeground(node, args, { env: withProjectTools({ ...env, ...own }) });

	let counts;
	try {
		counts = count(JSON.parse(await readFile(report, 'utf8')));
	} catch {
		return {
			passed: 0,
			failed: 1,
			skipped: 0,
			remark: `ended with code ${code} and left no report`,
		};
	}
	if (counts.failed > 0) return counts;
	if (code !== 0)
		return { ...counts, failed: 1, remark: `no test failed, but it ended with code ${code}` };
	if (counts.passed === 0) return { ...counts, failed: 1, remark: 'no test ran' };
	return counts;
}

/**
 * @param {string} project of test/vitest.config.ts
 * @returns {Suite['command']}
 */
function vitest(project) {
	return (report) => ({
		args: [
			tool('vitest'),
			'run',
			'--config=test/vitest.config.ts',
			`--project=${project}`,
			'--reporter=default',
			'--reporter=json',
			`--outputFile.json=${report}`,
		],
	});
}

/** @param {string} report */
function playwright(report) {
	return {
		args: [
			tool('playwright'),
			'test',
			'--config=test/browser/playwright.config.ts',
			'--reporter=list,json',
		],
		env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
	};
}

/**
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {Counts}
 */
function countVitest(report) {
	// A file that cannot be loaded fails without any test of it having failed.
	const brokenFiles = report.testResults.filter(
		({ status, assertionResults }) =>
			status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
	);
	return {
		passed: report.numPassedTests,
		failed: report.numFailedTests + brokenFiles.length,
		skipped: report.numPendingTests + report.numTodoTests,
	};
}

/**
 * @param {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number }, errors: unknown[] }} report
 * @returns {Counts} a test that passed only when it was tried again has passed
 */
function countPlaywright({ stats, errors }) {
	return {
		passed: stats.expected + stats.flaky,
		failed: stats.unexpected + errors.length,
		skipped: stats.skipped,
	};
}
