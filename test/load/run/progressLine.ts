import type { State } from './loadRun.ts';

/** On a terminal the line is written over; elsewhere a new one comes after so many seconds. */
const pace = { terminal: 1, file: 5 } as const;

/** Shows on standard error how a run is. */
export class ProgressLine {
	#told = Number.NEGATIVE_INFINITY;
	#before: State | null = null;

	tell(state: State): void {
		const { stage, seconds, bots, joined, errors, bytes } = state;
		const before = this.#before ?? state;
		const { isTTY } = process.stderr;
		const passed = seconds - before.seconds;
		if (stage === before.stage && seconds - this.#told < (isTTY ? pace.terminal : pace.file) - 0.5)
			return;
		// Counted from the begin of the load on, so that it may be less than before.
		const bitrate = passed > 0 ? Math.max(0, (8 * (bytes - before.bytes)) / passed / 1e6) : 0;
		this.#told = seconds;
		this.#before = state;
		const line = `${seconds.toFixed(0)} s, ${stage}: ${joined} of ${bots} inside, ${bitrate.toFixed(1)} Mbit/s received, ${errors} errors`;
		process.stderr.write(isTTY ? `\r\x1b[K${line}` : `${line}\n`);
	}

	end(): void {
		if (process.stderr.isTTY && this.#before) process.stderr.write('\n');
	}
}
