import { Chance } from './chance.ts';
import type { Guest } from './guests.ts';

/** The next speaker, and for how long they speak. */
export type Turn = { guest: number; length: number };

/** Something else that a simulated person does. `line` counts the lines of the chat. */
export type Act =
	| { kind: 'microphone' | 'camera' | 'hand' | 'share' | 'connection'; guest: number; on: boolean }
	| { kind: 'react'; guest: number; emoji: string }
	| { kind: 'write'; guest: number; line: number }
	| { kind: 'come' }
	| { kind: 'leave'; guest: number };

/** The next act, and in how many milliseconds. Null: no act, and the script is asked again then. */
export type Next<T> = { after: number; what: T | null };

const emoji = ['👍', '👏', '😂', '❤️', '🎉'] as const;

/** How likely each thing is among the others. */
const weights = {
	write: 5,
	react: 5,
	hand: 4,
	microphone: 4,
	camera: 2,
	share: 1,
	connection: 1,
	leave: 1,
} as const;

/** The first moments show what there is; after them it is left to chance. */
const opening = ['write', 'react', 'hand', 'write', 'microphone'] as const;

/** A guest who left comes back, or another joins, after this many milliseconds. */
const away = 3500;
/** How many happenings a share lasts at least. */
const shareLasts = 4;

/**
 * The acts of simulated people, and when: the same for the same seed and the same people. The script only decides.
 * Other classes carry the acts out and keep the time.
 */
export class Script {
	readonly #talk: Chance;
	readonly #chance: Chance;
	readonly #lines: number;
	#speaker: number | null = null;
	#happened = 0;
	#written = 0;
	#shownFor = 0;

	/** @param lines how many lines of chat there are; each is written once. */
	constructor(seed: number, lines: number) {
		this.#talk = new Chance(seed);
		this.#chance = new Chance(seed ^ 0x5bd1e995);
		this.#lines = lines;
	}

	/** The next speaker: not the same twice, if there is another. */
	turn(guests: readonly Guest[]): Next<Turn> {
		const after = this.#talk.between(200, 900);
		const length = this.#talk.between(1800, 5200);
		const able = guests.filter(({ microphoneOn, connected }) => microphoneOn && connected);
		const others = able.filter(({ number }) => number !== this.#speaker);
		const next = this.#talk.pick(others.length > 0 ? others : able);
		this.#speaker = next?.number ?? null;
		return { after, what: next ? { guest: next.number, length } : null };
	}

	/** The next act. @param wanted how many guests there should be */
	happening(guests: readonly Guest[], wanted: number): Next<Act> {
		const lost = guests.find(({ connected }) => !connected);
		if (lost) return { after: away, what: { kind: 'connection', guest: lost.number, on: true } };
		if (guests.length < wanted) return { after: away, what: { kind: 'come' } };
		const place = this.#happened++;
		const after = place < opening.length ? 1200 : this.#chance.between(2500, 5000);
		const kind = opening[place] ?? this.#chance.weigh(weights);
		return { after, what: this.#act(kind, guests) };
	}

	#act(kind: keyof typeof weights, guests: readonly Guest[]): Act | null {
		const present = guests.filter(({ connected }) => connected);
		const any = this.#chance.pick(present);
		if (!any) return null;
		const guest = any.number;
		switch (kind) {
			case 'write':
				return this.#written < this.#lines ? { kind, guest, line: this.#written++ } : null;
			case 'react':
				return { kind, guest, emoji: this.#chance.pick(emoji) ?? emoji[0] };
			case 'hand': {
				const raised = present.filter(({ hand }) => hand !== null);
				const [first] = raised;
				if (first && raised.length > 1) return { kind, guest: first.number, on: false };
				return { kind, guest, on: any.hand === null };
			}
			case 'microphone':
				// A guest whom a host muted waits for the host.
				return any.hostMuted ? null : { kind, guest, on: !any.microphoneOn };
			case 'camera':
				return { kind, guest, on: !any.cameraOn };
			case 'share': {
				const sharing = present.find(({ share }) => share !== null);
				if (!sharing) this.#shownFor = 0;
				else if (++this.#shownFor < shareLasts) return null;
				return { kind, guest: sharing?.number ?? guest, on: !sharing };
			}
			case 'connection':
				return present.length > 1 ? { kind, guest, on: false } : null;
			case 'leave':
				// People look at the shared screen, so a guest who shares does not leave.
				return present.length > 2 && any.share === null ? { kind, guest } : null;
		}
	}
}
