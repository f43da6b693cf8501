/** What is on every page, and comes after whatever the page is for: that one is here, and what rings. */
class Everywhere {
	#wanted = $state(false);

	get wanted(): boolean {
		return this.#wanted;
	}

	want(): void {
		this.#wanted = true;
	}
}

export const everywhere = new Everywhere();
