import { limits } from '#shared/limits.ts';

/** Who is writing now. Somebody who says nothing more is taken for done after a while. */
export class Typing {
	readonly #timers = new Map<string, NodeJS.Timeout>();

	/**
	 * @param who stands for one person in one chat.
	 * @param over is called when they said nothing more for `limits.typing`.
	 * @returns whether that is news.
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
