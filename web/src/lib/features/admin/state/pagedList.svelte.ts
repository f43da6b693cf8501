/** A list, the newest first, of which the server gives a page at a time. */
export class PagedList<Item> {
	readonly #read: (last: Item | undefined) => Promise<readonly Item[]>;
	readonly #size: number;
	#items = $state.raw<readonly Item[]>([]);
	#more = $state(false);
	#loading = $state(false);
	#failed = $state(false);
	/** Counts the requests: of two that are under way, the later one counts. */
	#turn = 0;
	/** How many are wanted, if there are as many. */
	#least = 0;

	/**
	 * @param read the items after this one, or without it the newest
	 * @param size how many items a page has, except the last
	 */
	constructor(read: (last: Item | undefined) => Promise<readonly Item[]>, size: number) {
		this.#read = read;
		this.#size = size;
	}

	get items(): readonly Item[] {
		return this.#items;
	}
	/** Whether there may be older ones. */
	get more(): boolean {
		return this.#more;
	}
	/** Whether older ones are under way. */
	get loading(): boolean {
		return this.#loading;
	}
	/** Whether older ones could not be loaded. */
	get failed(): boolean {
		return this.#failed;
	}

	/** Reads as many items again as are shown. Rejects with the error of the server. */
	async refresh(): Promise<void> {
		await this.#take();
	}

	/** Reads one more page. Never rejects. */
	async showMore(): Promise<void> {
		this.#loading = true;
		this.#failed = false;
		this.#least = this.#items.length + 1;
		try {
			await this.#take();
		} catch {
			this.#failed = true;
		} finally {
			this.#loading = false;
		}
	}

	async #take(): Promise<void> {
		const turn = ++this.#turn;
		const items: Item[] = [];
		let full: boolean;
		do {
			const page = await this.#read(items.at(-1));
			items.push(...page);
			full = page.length === this.#size;
		} while (full && items.length < Math.max(this.#least, this.#items.length));
		if (turn !== this.#turn) return;
		this.#items = items;
		this.#more = full;
	}
}
