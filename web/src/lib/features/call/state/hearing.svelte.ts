import type { Data } from '#shared/protocol.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { HearingView } from './view.ts';

/** How often the server is asked while the answer is shown, in ms. */
const pause = 2000;

/** Who hears the person, as the server knows it (ROOM-12). The server is asked only while the answer is shown. */
export class HearingState implements HearingView {
	readonly #ask: () => Ask;
	#now = $state.raw<Data<'media:hearing'> | null>(null);
	#timer: ReturnType<typeof setTimeout> | null = null;
	#watchers = 0;

	constructor(ask: () => Ask) {
		this.#ask = ask;
	}

	get now(): Data<'media:hearing'> | null {
		return this.#now;
	}

	watch(): () => void {
		this.#watchers++;
		void this.#look();
		return () => {
			if (--this.#watchers === 0) this.close();
		};
	}

	close(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	async #look(): Promise<void> {
		this.close();
		try {
			this.#now = await this.#ask()('media:hearing', {});
		} catch {
			// The connection is lost, or the person is leaving: the last answer does not count any more.
			this.#now = null;
		}
		if (this.#watchers > 0 && this.#timer === null)
			this.#timer = setTimeout(() => void this.#look(), pause);
	}
}
