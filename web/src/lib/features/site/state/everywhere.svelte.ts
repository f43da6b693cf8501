/** What is on every page, and comes after whatever the page is for: that one is here, and what rings. */
class Everywhere {
	#wanted = $state(0);

	/** How often it was: whoever was new to others before may be known to them by now. */
	get wanted(): number {
		return this.#wanted;
	}

	want(): void {
		this.#wanted++;
	}
}

export const everywhere = new Everywhere();
