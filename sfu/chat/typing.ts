import { limits } from '#shared/limits.ts';

/** Which people are typing. A person who does not repeat it counts as done after a while. */
export class Typing {
	readonly #timers = new Map<string, NodeJS.Timeout>();

	/**
	 * @param typist identifies one person in one chat.
	 * @param over is called if they do not repeat it for `limits.typing`.
	 * @returns whether the state changed.
	 */
	set(typist: string, typing: boolean, over: () => void): boolean {
		const timer = this.#timers.get(typist);
		clearTimeout(timer);
		this.#timers.delete(typist);
		if (typing) {
			this.#timers.set(
				typist,
				setTimeout(() => {
					this.#timers.delete(typist);
					over();
				}, limits.typing),
			);
		}
		return typing !== (timer !== undefined);
	}

	close(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		this.#timers.clear();
	}
}
