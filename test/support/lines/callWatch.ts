import type { Page } from 'playwright';

/** What a page received until then, of all others together. Times are in ms of the page's clock. */
export type Sample = {
	at: number;
	/** Samples of sound that were played, and those of them that the browser made up. */
	played: number;
	concealed: number;
	/** The energy of the sound that was played. */
	energy: number;
	frames: number;
	/** The height of the last picture, in pixels. */
	height: number;
};

declare global {
	interface Window {
		callSamples: Sample[];
	}
}

/** How often the page is asked, in ms. */
const pace = 100;

/** Runs in the page before its own scripts: takes note of what comes, from the beginning. */
function watch(every: number): void {
	window.callSamples = [];
	async function look(): Promise<void> {
		const sample = { at: 0, played: 0, concealed: 0, energy: 0, frames: 0, height: 0 };
		for (const connection of window.peerConnections) {
			if (connection.connectionState === 'closed') continue;
			for (const entry of (await connection.getStats()).values()) {
				if (entry.type !== 'inbound-rtp') continue;
				sample.played += entry.totalSamplesReceived ?? 0;
				sample.concealed += entry.concealedSamples ?? 0;
				sample.energy += entry.totalAudioEnergy ?? 0;
				sample.frames += entry.framesDecoded ?? 0;
				sample.height = Math.max(sample.height, entry.frameHeight ?? 0);
			}
		}
		window.callSamples.push({ ...sample, at: performance.now() });
	}
	const next = (): void => void look().finally(() => setTimeout(next, every));
	next();
}

/** To be called before the person's first page is loaded, after the peer connections are noted. */
export async function watchCall(page: Page): Promise<void> {
	await page.context().addInitScript(watch, pace);
}

/** What happened in a page since then. */
export class Stretch {
	readonly #page: Page;
	/** When it began, in ms of the page's clock. */
	readonly began: number;
	readonly #from: number;

	private constructor(page: Page, began: number, from = began) {
		this.#page = page;
		this.began = began;
		this.#from = from;
	}

	static async begin(page: Page): Promise<Stretch> {
		return new Stretch(page, await page.evaluate(() => performance.now()));
	}

	/** As this one, but it began so many ms later: times still count from the beginning. */
	later(ms: number): Stretch {
		return new Stretch(this.#page, this.began, this.#from + ms);
	}

	/** All samples since it began. */
	samples(): Promise<Sample[]> {
		return this.#page.evaluate(
			(from) => window.callSamples.filter(({ at }) => at >= from),
			this.#from,
		);
	}

	/** After how many ms sound that was sent, and not made up, was heard again; null: not yet. */
	async sound(): Promise<number | null> {
		const back = pairs(await this.samples()).find(([before, after]) => isHeard(before, after));
		return back ? back[1].at - this.began : null;
	}

	/** After how many ms two more frames were decoded; null: not yet. */
	async picture(): Promise<number | null> {
		const samples = await this.samples();
		// A new peer connection counts from 0 on.
		let frames = samples[0]?.frames ?? 0;
		for (const sample of samples) {
			if (sample.frames >= frames + 2) return sample.at - this.began;
			frames = Math.min(frames, sample.frames);
		}
		return null;
	}

	/** The share of the time in which sound was heard, 0 to 1. */
	async heard(): Promise<number> {
		const all = pairs(await this.samples());
		return all.filter(([before, after]) => isHeard(before, after)).length / all.length;
	}

	/** The longest time without a new frame, in ms. */
	async freeze(): Promise<number> {
		let [longest, since, frames] = [0, this.#from, -1];
		for (const sample of await this.samples()) {
			longest = Math.max(longest, sample.at - since);
			if (sample.frames !== frames) [since, frames] = [sample.at, sample.frames];
		}
		return longest;
	}
}

const pairs = (samples: readonly Sample[]): [Sample, Sample][] =>
	samples.slice(1).map((after, index) => [samples[index] as Sample, after]);

/** Whether at least half of the sound between two looks was sent by others, and it was not silent. */
function isHeard(before: Sample, after: Sample): boolean {
	const played = after.played - before.played;
	const concealed = after.concealed - before.concealed;
	return played > 0 && concealed < played / 2 && after.energy > before.energy;
}
