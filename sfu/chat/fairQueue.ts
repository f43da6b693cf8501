/** The person and the room of a task; empty if it belongs to no person or no room. */
export type Asker = { room: string; person: string };

/**
 * Waiting tasks, by room and within a room by person. Rooms take turns, and within a room people take turns, so that no
 * person waits for all tasks of another person or room.
 */
export class FairQueue<T> {
	readonly #rooms = new Map<string, Map<string, T[]>>();
	readonly #ofPerson = new Map<string, number>();
	readonly #ofRoom = new Map<string, number>();
	#size = 0;

	get size(): number {
		return this.#size;
	}

	ofPerson(person: string): number {
		return this.#ofPerson.get(person) ?? 0;
	}

	ofRoom(room: string): number {
		return this.#ofRoom.get(room) ?? 0;
	}

	add({ room, person }: Asker, item: T): void {
		const people = this.#rooms.get(room) ?? new Map<string, T[]>();
		this.#rooms.set(room, people);
		const items = people.get(person);
		if (items) items.push(item);
		else people.set(person, [item]);
		this.#count({ room, person }, 1);
	}

	take(): T | undefined {
		const [first] = this.#rooms;
		if (!first) return undefined;
		const [room, people] = first;
		const [next] = people;
		if (!next) return undefined;
		const [person, items] = next;
		const item = items.shift();
		// The person and the room go to the end of their lines if they have more tasks.
		people.delete(person);
		if (items.length > 0) people.set(person, items);
		this.#rooms.delete(room);
		if (people.size > 0) this.#rooms.set(room, people);
		this.#count({ room, person }, -1);
		return item;
	}

	#count({ room, person }: Asker, by: 1 | -1): void {
		this.#size += by;
		for (const [counts, of] of [
			[this.#ofRoom, room],
			[this.#ofPerson, person],
		] as const) {
			const count = (counts.get(of) ?? 0) + by;
			if (count > 0) counts.set(of, count);
			else counts.delete(of);
		}
	}
}
