import { limits } from '#shared/limits.ts';

/** Which people are typing. A person who does not repeat it counts as done after a while. */
export class Typing {
	readonly #timers = new Map<string, NodeJS.Timeout>();

	/**
	 * @param who identifies one person in one chat.
	 * @param over is called if they do not repeat it for `limits.typing`.
	 * @returns whether the state changed.
	 */
	set(who: string, typing: boolean, over: () => void): boolean {
		const timer = this.#timers.get(who);
		clearTimeout(timer);
		this.#timers.delete(who);
		if (typing) {
			this.#timers.set(
				who,
				setTimeout(() => {
					this.#timers.delete(who);
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
