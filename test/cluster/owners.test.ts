import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { RedisConnection } from '../../sfu/nodes/redisConnection.ts';
import { childEnvironment } from '../support/childEnvironment.ts';
import { randomNumbers } from '../support/randomNumbers.ts';
import { FaultyLine } from '../support/faultyLine.ts';
import type { HolderReport, HolderSettings, Owned } from '../support/leaseHolder.ts';
import { RedisServer } from '../support/redis.ts';
import { silent } from '../support/stores.ts';

const program = fileURLToPath(new URL('../support/leaseHolder.ts', import.meta.url));

/** How long it goes on at least, in its long form. */
const minutes = Number(process.env['PARLEY_CLUSTER_MINUTES'] ?? 0);
const faults = 200;
/** The faults come so often, in ms, and last up to so long: most of them less than a lease, some much longer. */
const [between, longest] = [40, 600];
/** After so many faults all are over, and it goes on when names have gone to new owners. */
const untilRest = 50;

const ids = ['a', 'b', 'c', 'd', 'e'];
const names = ['room one', 'room two', 'room three', 'room four', 'room five'];
const times = { lease: 300, beat: 60, margin: 40 };

/** A node in a process of its own, behind a line of its own. */
class Holder {
	readonly line: FaultyLine;
	readonly #child: ChildProcess;

	private constructor(line: FaultyLine, child: ChildProcess) {
		this.line = line;
		this.#child = child;
	}

	static async start(id: string, seed: number, redis: RedisServer): Promise<Holder> {
		const line = await FaultyLine.to(redis.port);
		const url = `redis://127.0.0.1:${line.port}`;
		const settings: HolderSettings = { id, url, seed, names, times, answerTimeout: 250 };
		const child = fork(program, [JSON.stringify(settings)], {
			env: childEnvironment,
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		});
		const holder = new Holder(line, child);
		await holder.#next();
		return holder;
	}

	pause(): void {
		this.#child.kill('SIGSTOP');
	}

	goOn(): void {
		this.#child.kill('SIGCONT');
	}

	async report(asked: 'all' | 'claims'): Promise<HolderReport> {
		const answered = this.#next();
		this.#child.send(asked);
		return answered;
	}

	/** @throws {Error} if its process ended. */
	async #next(): Promise<HolderReport> {
		const over = new AbortController();
		const { signal } = over;
		try {
			const ended = once(this.#child, 'exit', { signal }).then(() => {
				throw new Error('a holder ended');
			});
			const said = once(this.#child, 'message', { signal }) as Promise<[HolderReport]>;
			return (await Promise.race([said, ended]))[0];
		} finally {
			over.abort();
		}
	}

	async close(): Promise<void> {
		this.goOn();
		const ended = once(this.#child, 'exit');
		this.#child.kill('SIGKILL');
		await ended;
		this.line.close();
	}
}

/** Where a name had two owners at a time, or a fencing number that did not rise. */
function contradictions(owned: Owned[]): string[] {
	return names.flatMap((name) => {
		const inOrder = owned.filter((one) => one.name === name).toSorted((a, b) => a.from - b.from);
		return inOrder.slice(1).flatMap((next, index) => {
			const before = inOrder[index];
			if (!before || (before.holder === next.holder && before.fence === next.fence)) return [];
			const apart = next.from > before.to && next.fence > before.fence;
			return apart ? [] : [`${JSON.stringify(before)} and ${JSON.stringify(next)}`];
		});
	});
}

const drawn = crypto.getRandomValues(new Uint32Array(1))[0];
const seed = Number(process.env['PARLEY_CLUSTER_SEED'] ?? drawn);
const timeout = (minutes + 1) * 60_000;

test(
	`no name has two owners at any moment, whatever breaks (seed ${seed})`,
	{ timeout },
	async () => {
		const random = randomNumbers(seed);
		const redis = await RedisServer.start();
		const holders = await Promise.all(
			ids.map((id, index) => Holder.start(id, seed + index, redis)),
		);
		const running = new Set<Promise<void>>();
		const broken = new Set<Holder>();
		let restarting: Promise<void> | null = null;

		/** Redis comes back empty, or with what it held up to a lease before. */
		const restart = async () => {
			if (random() < 0.6) {
				await tell('SAVE');
				await wait(random() * times.lease);
			} else redis.forget();
			await redis.stop();
			await redis.resume();
			restarting = null;
		};
		const tell = async (command: string) => {
			// It may be away, or go away meanwhile.
			const connection = await RedisConnection.open(redis.url, silent).catch(() => null);
			await connection?.send(command).catch(() => undefined);
			connection?.close();
		};
		/** Answers come late, and then none for longer than a lease. */
		const fade = async ({ line }: Holder) => {
			line.slow(60 + random() * 50);
			await wait((1 + random()) * times.lease);
			line.silence();
			await wait(1.5 * times.lease);
		};
		const nothing = () => undefined;
		const kinds: { share: number; begin(holder: Holder): unknown; end(holder: Holder): void }[] = [
			{ share: 0.2, begin: ({ line }) => line.cut(), end: ({ line }) => line.mend() },
			{ share: 0.2, begin: ({ line }) => line.silence(), end: ({ line }) => line.mend() },
			{ share: 0.12, begin: fade, end: ({ line }) => line.mend() },
			{
				share: 0.18,
				begin: ({ line }) => line.slow(random() * 150),
				end: ({ line }) => line.mend(),
			},
			{ share: 0.2, begin: (holder) => holder.pause(), end: (holder) => holder.goOn() },
			{ share: 0.02, begin: () => redis.pause(), end: () => redis.goOn() },
			{ share: 0.02, begin: () => tell('FLUSHALL'), end: nothing },
			{ share: 0.06, begin: () => (restarting ??= restart()), end: nothing },
		];
		const strike = async () => {
			let left = random();
			const kind = kinds.find(({ share }) => (left -= share) < 0) ?? kinds[0];
			const whole = holders.filter((holder) => !broken.has(holder));
			const holder = whole[Math.floor(random() * whole.length)];
			const lasts = random() ** 2 * longest;
			if (!kind || !holder) return;
			broken.add(holder);
			await Promise.all([kind.begin(holder), wait(lasts)]);
			kind.end(holder);
			broken.delete(holder);
		};
		const reports = (asked: 'all' | 'claims') =>
			Promise.all(holders.map((holder) => holder.report(asked)));
		const claims = async () =>
			(await reports('claims')).reduce((sum, report) => sum + report.claims, 0);
		/** All that is broken is mended, and names go to new owners again. */
		const rest = async () => {
			await Promise.all(running);
			const before = await claims();
			while ((await claims()) < before + names.length) await wait(20);
		};

		try {
			const end = performance.now() + minutes * 60_000;
			for (let fault = 1; fault <= faults || performance.now() < end; fault += 1) {
				while (broken.size === holders.length) await wait(5);
				const struck = strike().finally(() => running.delete(struck));
				running.add(struck);
				await wait(random() * 2 * between);
				if (fault % untilRest === 0) await rest();
			}
			await rest();
			const owned = (await reports('all')).flatMap((report) => report.owned);
			expect(contradictions(owned)).toEqual([]);
			expect(new Set(owned.map(({ holder }) => holder)).size).toBe(holders.length);
		} finally {
			await Promise.allSettled(running);
			await Promise.all(holders.map((holder) => holder.close()));
			await redis.close();
		}
	},
);
