/** How long a microphone is silent until the person is told, in ms. A moment of silence is common when devices change. */
const patience = 1500;

/** Notices that a microphone that is on gives nothing, because the system or a switch on the device mutes it. */
export class SystemMute {
	readonly #tell: (muted: boolean) => void;
	#track: MediaStreamTrack | null = null;
	#timer: ReturnType<typeof setTimeout> | null = null;
	#told = false;

	/** @param tell Called when that has lasted, and when it is over. */
	constructor(tell: (muted: boolean) => void) {
		this.#tell = tell;
	}

	/** Watches this microphone; null ends it. */
	watch(track: MediaStreamTrack | null): void {
		if (track === this.#track) return;
		for (const name of ['mute', 'unmute'] as const) {
			this.#track?.removeEventListener(name, this.#look);
			track?.addEventListener(name, this.#look);
		}
		this.#track = track;
		this.#look();
	}

	readonly #look = (): void => {
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
		if (this.#track?.muted) this.#timer = setTimeout(() => this.#become(true), patience);
		else this.#become(false);
	};

	#become(muted: boolean): void {
		if (muted === this.#told) return;
		this.#told = muted;
		this.#tell(muted);
	}
}
