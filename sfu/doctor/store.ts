import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatabaseCondition } from '../store/worker/condition.ts';
import type { Subject } from './subject.ts';
import { judgeClock } from './clock.ts';
import { ok, unstartable, warning, type Seen } from './findings.ts';

const dayMs = 24 * 60 * 60 * 1000;
/** The age of the newest backup from which on it is worth a warning, in ms. */
const oldBackup = 7 * dayMs;

export async function checkDatabase({ config: { data } }: Subject): Promise<Seen[]> {
	let condition: DatabaseCondition;
	try {
		// The service itself uses the database in threads, and loads this when it is asked.
		const { conditionOf } = await import('../store/worker/condition.ts');
		condition = await conditionOf(data);
	} catch (error) {
		const setting = data.databaseUrl ? 'data.databaseUrl' : 'data.dir';
		return [unstartable(error, `Check ${setting}, and what the database's own log says.`)];
	}
	const { name, made, clockAhead } = condition;
	return [
		ok(made ? `${name} answers.` : `${name} has no tables yet: the first start makes them.`),
		...(clockAhead === null ? [] : [judgeClock(clockAhead, 'the database')]),
	];
}

/** @param newest when the newest backup was made; null where there is none. In ms since 1970, as is `now`. */
export function judgeBackup(newest: number | null, now: number, folder: string): Seen {
	if (newest === null)
		return warning(
			`There is no backup in ${folder}. Backups in other folders are not seen from here.`,
			'Run "npm run backup" each day, or name their folder: "npm run doctor -- --backups FOLDER".',
		);
	const age = now - newest;
	const days = Math.floor(age / dayMs);
	const seen = `The newest backup in ${folder} is ${days === 0 ? 'less than a day' : `${days} ${days === 1 ? 'day' : 'days'}`} old.`;
	return age > oldBackup ? warning(seen, 'Run "npm run backup" each day.') : ok(seen);
}

/** When the newest backup of a folder was complete. Other files and folders do not count. */
async function newestBackup(folder: string): Promise<number | null> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
	const made = await Promise.all(
		entries
			.filter((entry) => entry.isDirectory() && !entry.name.includes('.unfinished-'))
			.flatMap(({ name }) =>
				['parley.sqlite', 'parley.dump'].map((file) => join(folder, name, file)),
			)
			.map((file) =>
				stat(file).then(
					({ ctimeMs }) => ctimeMs,
					() => -Infinity,
				),
			),
	);
	const newest = Math.max(-Infinity, ...made);
	return Number.isFinite(newest) ? newest : null;
}

export async function checkBackup({ backups }: Subject): Promise<Seen[]> {
	return [judgeBackup(await newestBackup(backups), Date.now(), resolve(backups))];
}
