import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** How busy the machine is. */
export type MachineLoad = {
	/** Processes that ran or wanted to, on average over the last minute. */
	average: number;
	/** Cores that were busy while it was looked at. */
	busy: number;
	cores: number;
};

/** What the cores have done so far, in ms. */
function coreTimes(): { all: number; idle: number } {
	const times = cpus().map((cpu) => cpu.times);
	const sum = (of: (one: (typeof times)[number]) => number) =>
		times.reduce((total, one) => total + of(one), 0);
	const idle = sum((one) => one.idle);
	return { idle, all: idle + sum(({ user, nice, sys, irq }) => user + nice + sys + irq) };
}

/** Looks at the machine for so many ms. */
export async function machineLoad(look = 1000): Promise<MachineLoad> {
	const before = coreTimes();
	await pause(look);
	const after = coreTimes();
	const cores = cpus().length;
	const share = 1 - (after.idle - before.idle) / Math.max(1, after.all - before.all);
	return { average: loadavg()[0] ?? 0, busy: share * cores, cores };
}

export const loadWords = ({ average, busy, cores }: MachineLoad): string =>
	`${busy.toFixed(1)} of ${cores} cores busy, load average ${average.toFixed(1)}`;

/** Exit codes of a measurement. 0: it is complete; 128 and the number of a signal: the signal ended it. */
export const exitCodes = { failed: 1, wrongArguments: 2, bound: 3 } as const;

/** How long each owner may take to close what it has, in ms. */
const closing = 10_000;

type Close = () => unknown;

/** A measurement while it runs: what it has started, and whether it is to end. */
export class Measurement {
	readonly #closes: { what: string; close: Close }[] = [];
	readonly #abort = new AbortController();

	/** Aborts when the bound is reached or a signal came. */
	get signal(): AbortSignal {
		return this.#abort.signal;
	}

	/** Whatever comes of the measurement, this is closed at its end: the last one first. */
	owns(what: string, close: Close): void {
		this.#closes.push({ what, close });
	}

	abort(): void {
		this.#abort.abort();
	}

	/** Closes everything. Never rejects: what does not close in time is named. */
	async close(): Promise<void> {
		for (let last = this.#closes.pop(); last; last = this.#closes.pop()) {
			const { what, close } = last;
			const late = pause(closing, `not within ${closing / 1000} s`, { ref: false });
			const problem = await Promise.race([
				Promise.resolve()
					.then(close)
					.then(
						() => null,
						(error: unknown) => String(error),
					),
				late,
			]);
			if (problem) console.error(`${what} was not closed: ${problem}`);
		}
	}
}

type Options = {
	/** After how many seconds it ends, whatever is left to do. */
	bound: number;
	/** For how many ms it looks at the machine before and after; a second unless given. */
	look?: number;
	/** Prints what was measured so far. It is called once, however the measurement ends. */
	report: (load: { before: MachineLoad; after: MachineLoad }) => unknown;
};

/**
 * Runs a measurement to its end: its own, its bound, or SIGINT, SIGTERM or SIGHUP. In each case it reports what was
 * measured so far, prints how busy the machine was before and after, closes what the measurement owns, and ends the
 * process. A second signal ends the process at once.
 */
export async function measure(
	work: (measurement: Measurement) => Promise<void>,
	{ bound, look, report }: Options,
): Promise<never> {
	const measurement = new Measurement();
	let code = 0;
	const stopped = new Promise<void>((resolve) => {
		const stop = (words: string, reason: number) => {
			if (measurement.signal.aborted) process.exit(reason);
			console.error(words);
			code = reason;
			measurement.abort();
			resolve();
		};
		const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
		for (const [name, number] of Object.entries(numbers))
			process.on(name, () => stop(`${name}: the measurement ends`, 128 + number));
		const words = `the bound of ${bound} s is reached: the measurement ends`;
		setTimeout(() => stop(words, exitCodes.bound), bound * 1000).unref();
	});
	const before = await machineLoad(look);
	console.log(`before: ${loadWords(before)}`);
	// What is under way when the measurement is stopped fails by itself, which says nothing.
	const worked = work(measurement).catch((error: unknown) => {
		if (measurement.signal.aborted) return;
		code = exitCodes.failed;
		console.error(error);
	});
	await Promise.race([worked, stopped]);
	await measurement.close();
	const after = await machineLoad(look);
	await report({ before, after });
	console.log(`after: ${loadWords(after)}`);
	process.exit(code);
}
