/** What a voice takes at most in a second: browsers pack 10 ms or more of Opus into a packet, and Opus ends at 510 kbit/s. */
const perSecond = { packets: 120, bytes: 64_000 };
/** Seconds of it that may come at once, when a line gets going again. */
const atOnce = 2;

/** How many packets of one microphone this process looks at. */
export class PacketBudget {
	#packets = perSecond.packets * atOnce;
	#bytes = perSecond.bytes * atOnce;
	#at = performance.now();
	#spent = false;

	/** Whether this microphone has sent more than a voice can: nothing of it is looked at any more. */
	get spent(): boolean {
		return this.#spent;
	}

	/** Takes one packet of so many bytes. @returns false if that is one too many. */
	take(bytes: number): boolean {
		const now = performance.now();
		const seconds = (now - this.#at) / 1000;
		this.#at = now;
		const { packets, bytes: most } = perSecond;
		this.#packets = Math.min(this.#packets + seconds * packets, packets * atOnce) - 1;
		this.#bytes = Math.min(this.#bytes + seconds * most, most * atOnce) - bytes;
		this.#spent ||= this.#packets < 0 || this.#bytes < 0;
		return !this.#spent;
	}
}
