/** The parts that all pages have and that load after the page itself: presence and incoming calls. */
class Everywhere {
	#wanted = $state(0);

	/** How often a page has asked for them: a person who was unknown to others before may be known by now. */
	get wanted(): number {
		return this.#wanted;
	}

	want(): void {
		this.#wanted++;
	}
}

export const everywhere = new Everywhere();
