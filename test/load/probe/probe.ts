import type { Browser, Page } from 'playwright';
import type { RoomId } from '../../../shared/ids.ts';
import { stampGrid } from '../bots/stamp.ts';
import { Ended } from '../run/exits.ts';
import { watchPage, type Watched } from './pageWatch.ts';
import type { ProbeReport } from './probeReport.ts';
import { ShownPictures } from './shownPictures.ts';
import { SoundWatch } from './soundWatch.ts';

/** How often the page is asked what it saw and heard, in ms. */
const pace = 1000;
/** How long the page may take until it is in the room, in ms. */
const patience = 60_000;

/** The audio worklet `sound-watch`: it listens with a `SoundWatch` of its own, and puts out silence. */
const worklet = `${SoundWatch.toString()}
registerProcessor('sound-watch', class extends AudioWorkletProcessor {
	#watch = new SoundWatch(sampleRate, {
		beep: (beep) => this.port.postMessage({ beep }),
		gap: (gap) => this.port.postMessage({ gap }),
	});
	process([[samples] = []]) {
		if (samples) this.#watch.take(samples, Date.now());
		return true;
	}
});`;

/**
 * A browser with the pages of the service, which joins a room as one more person, without devices. Of the pictures that it
 * shows and the sound that it plays it reads how old they are.
 */
export class Probe {
	readonly #browser: Browser;
	readonly #shown: ShownPictures;
	readonly #sound: Pick<ProbeReport, 'voices' | 'listened' | 'soundDelays' | 'gaps'> = {
		...{ voices: 0, listened: 0, soundDelays: [], gaps: [] },
	};
	#page: Page | null = null;
	#failure: string | null = null;
	#asked = 0;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#asking: Promise<void> = Promise.resolve();

	private constructor(browser: Browser, framesPerSecond: number) {
		this.#browser = browser;
		this.#shown = new ShownPictures(1000 / framesPerSecond);
	}

	/**
	 * Starts the browser: the one that the tests take.
	 *
	 * @param framesPerSecond of the cameras that it will see.
	 * @throws {Ended} where there is none, and none can be had.
	 */
	static async launch(url: string, framesPerSecond: number): Promise<Probe> {
		try {
			const [{ chromium }, { ensureChromium }] = await Promise.all([
				import('playwright'),
				import('../../../setup/chromium.mjs'),
			]);
			const browser = await chromium.launch({
				executablePath: await ensureChromium(process.execPath),
				args: [
					'--autoplay-policy=no-user-gesture-required',
					// Without it, a page that came over HTTP can neither call nor listen.
					`--unsafely-treat-insecure-origin-as-secure=${new URL(url).origin}`,
				],
				// The tool hears signals, and closes the browser.
				...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
			});
			return new Probe(browser, framesPerSecond);
		} catch (error) {
			const why = error instanceof Error ? error.message : String(error);
			throw new Ended('noBrowser', `There is no Chromium for the probe: ${why}`);
		}
	}

	/** Opens the page and joins. What goes wrong is in the report. */
	async join(url: string, roomId: RoomId): Promise<void> {
		try {
			const context = await this.#browser.newContext({
				...{ baseURL: url, locale: 'en-US', viewport: { width: 1280, height: 720 } },
				// The worklet is no script of the service's, and the certificate was looked at before.
				...{ bypassCSP: true, ignoreHTTPSErrors: true },
			});
			context.setDefaultTimeout(patience);
			await context.addInitScript(() => {
				localStorage['parley:preferences'] ??= JSON.stringify({ microphone: false, camera: false });
			});
			await context.addInitScript(watchPage, { ...stampGrid, worklet });
			const page = await context.newPage();
			await page.goto(`${url}/room/${roomId}`);
			await page.getByRole('textbox', { name: 'Your name' }).fill('Probe');
			await page.getByRole('button', { name: 'Join', exact: true }).click();
			const controls = page.getByRole('toolbar', { name: 'Call controls' });
			const refusal = page.getByRole('alert').filter({ hasText: /./ });
			await controls.or(refusal).first().waitFor();
			if (!(await controls.isVisible()))
				throw new Error(`the page says "${await refusal.first().innerText()}"`);
			this.#page = page;
		} catch (error) {
			this.#fail(error);
		}
	}

	/** From now on it measures. */
	async begin(): Promise<void> {
		// What came until now does not count.
		await this.#watched();
		this.#asked = Date.now();
		this.#schedule();
	}

	async end(): Promise<ProbeReport> {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		await this.#asking;
		const last = this.#asked > 0 ? await this.#watched() : null;
		if (last) {
			this.#take(last);
			this.#shown.end(last.now);
		}
		const { streams, watched, delays: pictureDelays, freezes } = this.#shown;
		return {
			failure: this.#failure,
			...{ streams, watched: watched / 1000, pictureDelays, freezes },
			...this.#sound,
		};
	}

	async close(): Promise<void> {
		if (this.#timer !== null) clearTimeout(this.#timer);
		await this.#browser.close();
	}

	#schedule(): void {
		this.#timer = setTimeout(() => {
			this.#asking = this.#ask();
		}, pace);
	}

	async #ask(): Promise<void> {
		const watched = await this.#watched();
		if (!watched) return;
		this.#take(watched);
		if (this.#timer !== null) this.#schedule();
	}

	#take({ now, pictures, live, voices, beeps, gaps }: Watched): void {
		this.#shown.take(pictures, live);
		this.#sound.voices = Math.max(this.#sound.voices, voices);
		this.#sound.listened += (voices * (now - this.#asked)) / 1000;
		// A beep begins with each second.
		this.#sound.soundDelays.push(...beeps.map((at) => at % 1000));
		this.#sound.gaps.push(...gaps);
		this.#asked = now;
	}

	/** What the page saw and heard since it was asked last; null where it cannot be asked. */
	async #watched(): Promise<Watched | null> {
		if (!this.#page || this.#failure !== null) return null;
		try {
			return await this.#page.evaluate(() => window.watched());
		} catch (error) {
			this.#fail(error);
			return null;
		}
	}

	#fail(error: unknown): void {
		const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
		this.#failure ??= line ?? '';
	}
}
