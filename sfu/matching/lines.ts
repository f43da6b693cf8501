import { areApart, metSince, type Entry, type Waiter } from './waiter.ts';

/** How many somebody passes over in one queue: more than this many do not suit anybody by chance. */
const glance = 32;
/** Whoever passes over more draws from this many for each of those who wait, which all of them share. */
const shared = 16;

const nobody = -1;

/** Those who wait for the same: the queue of those who are open, and those of who is interested in something. */
type Line = { open: number; byInterest: Map<string, number> };

/**
 * Queues of those who may meet by place, language, and interest, in the order of their coming. Somebody stands in several;
 * whoever has left is passed over, in each queue only once.
 *
 * Queues are chains of places, kept as numbers: tens of thousands of small arrays, most of them for one or two people, would
 * cost more than all the pairing.
 */
export class Lines<W extends Waiter> {
	readonly #entries: readonly Entry<W>[];
	/** The lines by their place, and there by their language. */
	readonly #lines = new Map<string, Map<string, Line>>();
	/** By queue: its first place, and its last. */
	readonly #first: number[] = [];
	readonly #last: number[] = [];
	/** By place: who stands there, and the next place. */
	readonly #who: Int32Array;
	readonly #next: Int32Array;
	#places = 0;
	readonly #left: Uint8Array;
	#spare: number;

	/** @param entries longest waiting first. They are told by their numbers in it. */
	constructor(entries: readonly Entry<W>[]) {
		this.#entries = entries;
		this.#left = new Uint8Array(entries.length);
		this.#spare = entries.length * shared;
		const most = entries.reduce((sum, { waiter }) => sum + 2 * (waiter.interests.length + 1), 0);
		this.#who = new Int32Array(most);
		this.#next = new Int32Array(most);
		for (const [who, entry] of entries.entries()) this.#stand(who, entry);
	}

	/** They are in no queue any more. */
	leave(who: number): void {
		this.#left[who] = 1;
	}

	hasLeft(who: number): boolean {
		return this.#left[who] === 1;
	}

	/**
	 * The one who waits longest of those whom this one may meet for the first time: among those who share an interest, and
	 * else among the others. Null if there is nobody.
	 */
	strangerFor(who: number): number | null {
		const entry = this.#entries[who];
		if (!entry) return null;
		const { place, interests, language } = entry.waiter;
		const lines = this.#lines.get(place);
		const own = lines?.get(language ?? any);
		const further = entry.tolerant ? lines?.get(language === null ? tolerant : any) : undefined;
		let best = nobody;
		for (const interest of interests) {
			best = this.#firstFor(entry, own?.byInterest.get(interest), best);
			best = this.#firstFor(entry, further?.byInterest.get(interest), best);
		}
		if (best === nobody && entry.open) {
			best = this.#firstFor(entry, own?.open, best);
			best = this.#firstFor(entry, further?.open, best);
		}
		return best === nobody ? null : best;
	}

	#stand(who: number, { waiter, open, tolerant: isTolerant }: Entry<W>): void {
		const { place, interests, language } = waiter;
		let lines = this.#lines.get(place);
		if (!lines) this.#lines.set(place, (lines = new Map()));
		for (const name of isTolerant && language !== null ? [language, tolerant] : [language ?? any]) {
			let line = lines.get(name);
			if (!line) lines.set(name, (line = { open: this.#queue(), byInterest: new Map() }));
			if (open) this.#push(line.open, who);
			for (const interest of interests) {
				let queue = line.byInterest.get(interest);
				if (queue === undefined) line.byInterest.set(interest, (queue = this.#queue()));
				this.#push(queue, who);
			}
		}
	}

	#queue(): number {
		this.#last.push(nobody);
		return this.#first.push(nobody) - 1;
	}

	#push(queue: number, who: number): void {
		const place = this.#places++;
		this.#who[place] = who;
		this.#next[place] = nobody;
		const last = this.#last[queue] ?? nobody;
		if (last === nobody) this.#first[queue] = place;
		else this.#next[last] = place;
		this.#last[queue] = place;
	}

	/** The first one in the queue whom this one may meet, if they wait longer than the best so far. */
	#firstFor(entry: Entry<W>, queue: number | undefined, best: number): number {
		if (queue === undefined) return best;
		let seen = 0;
		let before = nobody;
		let place = this.#first[queue] ?? nobody;
		while (place !== nobody) {
			const who = this.#who[place] ?? nobody;
			const next = this.#next[place] ?? nobody;
			if (this.#left[who] === 1) {
				if (before === nobody) this.#first[queue] = next;
				else this.#next[before] = next;
			} else {
				if (best !== nobody && who >= best) break;
				const other = this.#entries[who];
				if (other && !areApart(entry, other) && metSince(entry, other) < 0) return who;
				if (++seen > glance && this.#spare-- <= 0) break;
				before = place;
			}
			place = next;
		}
		return best;
	}
}

/** Those who left the language open, and those who by now take them though they chose one. */
const any = '';
const tolerant = '*';
