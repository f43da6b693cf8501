/** The test suites: how each is run, and how many of its tests passed. */

import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { inProject, tool, withProjectTools } from './project.mjs';
import { runInForeground } from './run.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {{ file: string, title: string, ms: number }} Timed a test, and how long it took
 * @typedef {object} Suite
 * @property {string} name
 * @property {boolean} needsWorker the media worker and the built pages: the suite starts the service
 * @property {boolean} needsPostgres the programs of PostgreSQL
 * @property {boolean} needsRedis the program of Redis
 * @property {boolean} needsBrowser
 * @property {boolean} [needsNetworkPrograms] Debian's coturn and reverse proxies
 * @property {boolean} [needsFirefox]
 * @property {(report: string) => { args: string[], env?: NodeJS.ProcessEnv }} command arguments for
 *   Node; the suite writes its JSON report to the file `report` and a readable one to standard output
 * @property {(report: any) => Counts} count
 * @property {(report: any) => Timed[]} time
 * @property {(report: any) => string[]} failures
 */

/** @type {Suite[]} */
export const suites = [
	{
		name: 'unit',
		needsWorker: false,
		needsPostgres: false,
		needsRedis: false,
		needsBrowser: false,
		command: vitest('unit'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'store',
		needsWorker: false,
		needsPostgres: true,
		needsRedis: false,
		needsBrowser: false,
		command: vitest('store'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'integration',
		needsWorker: true,
		needsPostgres: false,
		needsRedis: false,
		needsBrowser: false,
		command: vitest('integration'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'cluster',
		needsWorker: true,
		needsPostgres: true,
		needsRedis: true,
		needsBrowser: false,
		command: vitest('cluster'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'hostile',
		needsWorker: true,
		needsPostgres: false,
		needsRedis: false,
		needsBrowser: false,
		command: vitest('hostile'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'networks',
		needsWorker: true,
		needsPostgres: false,
		needsRedis: false,
		needsBrowser: true,
		needsNetworkPrograms: true,
		command: vitest('networks'),
		count: countVitest,
		time: timeVitest,
		failures: failuresOfVitest,
	},
	{
		name: 'browser',
		needsWorker: true,
		needsPostgres: true,
		needsRedis: true,
		needsBrowser: true,
		command: playwright('browser'),
		count: countPlaywright,
		time: timePlaywright,
		failures: failuresOfPlaywright,
	},
	{
		name: 'firefox',
		needsWorker: true,
		needsPostgres: false,
		needsRedis: false,
		needsBrowser: true,
		needsFirefox: true,
		command: playwright('firefox'),
		count: countPlaywright,
		time: timePlaywright,
		failures: failuresOfPlaywright,
	},
];

/**
 * Runs one suite, and prints its slowest tests. A suite that crashes, or runs no test at all, counts as one
 * that failed.
 *
 * @param {Suite} suite
 * @param {string} node the Node that runs it
 * @param {NodeJS.ProcessEnv} env added to the environment
 * @param {string[]} files only those of its files whose names contain one of these; all if there are none
 * @returns {Promise<Counts & { remark?: string, failures?: string[] }>} the remark says what is odd about the
 *   counts; the failures name each test that failed
 */
export async function runSuite({ name, command, count, time, failures }, node, env, files = []) {
	const report = inProject('.cache', `test-${name}.json`);
	await mkdir(path.dirname(report), { recursive: true });
	await rm(report, { force: true });
	const { args, env: own } = command(report);
	const code = await runInForeground(node, [...args, ...files], {
		env: withProjectTools({ ...env, ...own }),
	});

	let counts;
	try {
		const said = JSON.parse(await readFile(report, 'utf8'));
		counts = { ...count(said), failures: failures(said) };
		console.log(`\nThe slowest of ${name}:\n${slowest(time(said))}`);
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

/**
 * @param {string} folder of the tests
 * @returns {Suite['command']}
 */
function playwright(folder) {
	return (report) => ({
		args: [tool('playwright'), 'test', `--config=test/${folder}/playwright.config.ts`],
		env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
	});
}

/**
 * @param {Timed[]} tests
 * @returns {string} a line for each of the slowest ten
 */
function slowest(tests) {
	return tests
		.toSorted((a, b) => b.ms - a.ms)
		.slice(0, 10)
		.map(({ file, title, ms }) => `${(ms / 1000).toFixed(1).padStart(6)} s  ${file}: ${title}`)
		.join('\n');
}

/**
 * @param {{ testResults: { name: string, assertionResults: { fullName: string, duration?: number | null }[] }[] }} report
 * @returns {Timed[]}
 */
function timeVitest({ testResults }) {
	return testResults.flatMap(({ name, assertionResults }) =>
		assertionResults.map(({ fullName, duration }) => ({
			file: path.relative(inProject('test'), name),
			title: fullName,
			ms: duration ?? 0,
		})),
	);
}

/**
 * @typedef {{ title: string, file: string, suites?: PlaywrightSuite[],
 *   specs: { title: string, tests: { results: { duration: number, errors: { message: string }[] }[] }[] }[] }} PlaywrightSuite a file or a group in it
 * @param {{ suites: PlaywrightSuite[] }} report
 * @returns {Timed[]} each with the time of all its tries
 */
function timePlaywright({ suites: groups }) {
	return groups.flatMap(({ file, suites: inner = [], specs }) => [
		...specs.map(({ title, tests }) => ({
			file,
			title,
			ms: tests.flatMap(({ results }) => results).reduce((sum, { duration }) => sum + duration, 0),
		})),
		...timePlaywright({ suites: inner }),
	]);
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
 * @returns {Counts}
 */
function countPlaywright({ stats, errors }) {
	return {
		passed: stats.expected,
		// One that passes when it is tried again has failed before.
		failed: stats.unexpected + stats.flaky + errors.length,
		skipped: stats.skipped,
	};
}

/**
 * @param {{ testResults: { name: string, status: string, message: string, assertionResults: { status: string,
 *   fullName: string, failureMessages: string[] }[] }[] }} report
 * @returns {string[]} a line for each test that failed, and for each file that could not be loaded
 */
function failuresOfVitest({ testResults }) {
	return testResults.flatMap(({ name, status, message, assertionResults }) => {
		const file = path.relative(inProject('test'), name);
		const failed = assertionResults.filter((test) => test.status === 'failed');
		if (status === 'failed' && failed.length === 0) return [`${file}: ${firstLine(message)}`];
		return failed.map(
			({ fullName, failureMessages: [first = ''] }) => `${file}: ${fullName}: ${firstLine(first)}`,
		);
	});
}

/**
 * @param {{ suites: PlaywrightSuite[] }} report
 * @returns {string[]} a line for each test that failed or passed only when it was tried again
 */
function failuresOfPlaywright({ suites: groups }) {
	return groups.flatMap(({ file, suites: inner = [], specs }) => [
		...specs.flatMap(({ title, tests }) => {
			const errors = tests.flatMap(({ results }) => results.flatMap((result) => result.errors));
			return errors.slice(0, 1).map(({ message }) => `${file}: ${title}: ${firstLine(message)}`);
		}),
		...failuresOfPlaywright({ suites: inner }),
	]);
}

/** @param {string} text */
const firstLine = (text) => stripVTControlCharacters(text.trim().split('\n', 1)[0] ?? '');
