import { areApart, metSince, type Entry, type Waiter } from './waiter.ts';

/** How many people one person skips in a queue. If more do not match, that is no coincidence. */
const freeSkips = 32;
/** A person who skips more draws from a shared allowance of this many for each waiting person. */
const sharedSkips = 16;

const noPerson = -1;

/** The people of one place and language: the queue of those who are open, and a queue for each interest. */
type Line = { open: number; byInterest: Map<string, number> };

/**
 * Queues of people by place, language and interest, in the order in which they came. A person is in several queues; a
 * person who has left is skipped, once in each queue.
 *
 * Queues are linked lists stored as numbers. Tens of thousands of small arrays, most of them for one or two people,
 * would cost more than all of the pairing.
 */
export class Lines<W extends Waiter> {
	readonly #entries: readonly Entry<W>[];
	/** The lines by place, then by language. */
	readonly #lines = new Map<string, Map<string, Line>>();
	/** The first and the last node of each queue. */
	readonly #first: number[] = [];
	readonly #last: number[] = [];
	/** The person of each node, and the next node. */
	readonly #personAt: Int32Array;
	readonly #next: Int32Array;
	#nodes = 0;
	readonly #left: Uint8Array;
	#sharedSkipsLeft: number;

	/** @param entries longest waiting first. People are identified by their index in it. */
	constructor(entries: readonly Entry<W>[]) {
		this.#entries = entries;
		this.#left = new Uint8Array(entries.length);
		this.#sharedSkipsLeft = entries.length * sharedSkips;
		const most = entries.reduce((sum, { waiter }) => sum + 2 * (waiter.interests.length + 1), 0);
		this.#personAt = new Int32Array(most);
		this.#next = new Int32Array(most);
		for (const [person, entry] of entries.entries()) this.#enqueue(person, entry);
	}

	/** Removes the person from all queues. */
	leave(person: number): void {
		this.#left[person] = 1;
	}

	hasLeft(person: number): boolean {
		return this.#left[person] === 1;
	}

	/**
	 * The longest waiting person whom this one may meet for the first time: first among those who share an interest,
	 * then among the others. Null if there is none.
	 */
	strangerFor(person: number): number | null {
		const entry = this.#entries[person];
		if (!entry) return null;
		const { place, interests, language } = entry.waiter;
		const lines = this.#lines.get(place);
		const own = lines?.get(language ?? any);
		const tolerantLine = entry.tolerant
			? lines?.get(language === null ? tolerant : any)
			: undefined;
		let best = noPerson;
		for (const interest of interests) {
			best = this.#firstFor(entry, own?.byInterest.get(interest), best);
			best = this.#firstFor(entry, tolerantLine?.byInterest.get(interest), best);
		}
		if (best === noPerson && entry.open) {
			best = this.#firstFor(entry, own?.open, best);
			best = this.#firstFor(entry, tolerantLine?.open, best);
		}
		return best === noPerson ? null : best;
	}

	#enqueue(person: number, { waiter, open, tolerant: isTolerant }: Entry<W>): void {
		const { place, interests, language } = waiter;
		let lines = this.#lines.get(place);
		if (!lines) this.#lines.set(place, (lines = new Map()));
		for (const name of isTolerant && language !== null ? [language, tolerant] : [language ?? any]) {
			let line = lines.get(name);
			if (!line) lines.set(name, (line = { open: this.#queue(), byInterest: new Map() }));
			if (open) this.#push(line.open, person);
			for (const interest of interests) {
				let queue = line.byInterest.get(interest);
				if (queue === undefined) line.byInterest.set(interest, (queue = this.#queue()));
				this.#push(queue, person);
			}
		}
	}

	#queue(): number {
		this.#last.push(noPerson);
		return this.#first.push(noPerson) - 1;
	}

	#push(queue: number, person: number): void {
		const node = this.#nodes++;
		this.#personAt[node] = person;
		this.#next[node] = noPerson;
		const last = this.#last[queue] ?? noPerson;
		if (last === noPerson) this.#first[queue] = node;
		else this.#next[last] = node;
		this.#last[queue] = node;
	}

	/** The first person in the queue whom this one may meet, if they wait longer than the best so far. */
	#firstFor(entry: Entry<W>, queue: number | undefined, best: number): number {
		if (queue === undefined) return best;
		let seen = 0;
		let before = noPerson;
		let node = this.#first[queue] ?? noPerson;
		while (node !== noPerson) {
			const person = this.#personAt[node] ?? noPerson;
			const next = this.#next[node] ?? noPerson;
			if (this.#left[person] === 1) {
				if (before === noPerson) this.#first[queue] = next;
				else this.#next[before] = next;
			} else {
				if (best !== noPerson && person >= best) break;
				const other = this.#entries[person];
				if (other && !areApart(entry, other) && metSince(entry, other) < 0) return person;
				if (++seen > freeSkips && this.#sharedSkipsLeft-- <= 0) break;
				before = node;
			}
			node = next;
		}
		return best;
	}
}

/** People who left the language open, and people who chose one but by now accept those. */
const any = '';
const tolerant = '*';
