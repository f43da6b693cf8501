import type { Matchmaker } from '../matching/matchmaker.ts';
import { Meeting } from './meeting.ts';

/** How long nothing is done after somebody moved, in ms, for those who have just met build what they see; and at most. */
const pause = 400;
const longest = 1_000;
/** In a hall with more people in matches than this, whoever waits is met by somebody else before most of them go on. */
const mostMatched = 8;
/** For so many at most somebody gets ready: what is ready is part of every later negotiation. */
const mostReady = 4;

/**
 * Those who would meet if one of them pressed Next are got ready for each other (R145), so that the press is answered by a
 * picture and not by what it takes to build one.
 */
export class Foresight {
	readonly #maker: Pick<Matchmaker, 'likelyNext'>;
	readonly #meetings: () => Iterable<Meeting>;
	#timer: NodeJS.Timeout | null = null;
	/** Since when something is to be done, by `performance.now()`. */
	#since = 0;

	constructor(maker: Pick<Matchmaker, 'likelyNext'>, meetings: () => Iterable<Meeting>) {
		this.#maker = maker;
		this.#meetings = meetings;
	}

	/** Somebody waits, or does not any more: it is looked again a moment later. */
	soon(): void {
		if (!this.#timer) this.#since = performance.now();
		else if (performance.now() - this.#since > longest) return;
		else clearTimeout(this.#timer);
		this.#timer = setTimeout(() => this.#look(), pause);
	}

	close(): void {
		if (this.#timer) clearTimeout(this.#timer);
	}

	#look(): void {
		this.#timer = null;
		const onStage = [...this.#meetings()].filter(({ stage }) => stage);
		for (const meetings of Map.groupBy(onStage, ({ stage }) => stage?.hall).values()) {
			const ready = this.#whoMayMeet(meetings.filter(({ stay }) => stay.match));
			for (const meeting of meetings) {
				const next = (ready.get(meeting) ?? []).slice(0, mostReady);
				const peers = next.flatMap(({ stage }) => stage?.media.peerId ?? []);
				meeting.stage?.hall.prepare(meeting.stage.media.peerId, peers);
			}
		}
	}

	/** @param matched those of one hall who are in a match. */
	#whoMayMeet(matched: readonly Meeting[]): Map<Meeting, Meeting[]> {
		const found = new Map<Meeting, Meeting[]>();
		if (matched.length > mostMatched) return found;
		for (const meeting of matched) {
			const next = this.#maker.likelyNext(meeting.stay)?.listener;
			if (!(next instanceof Meeting)) continue;
			found.set(meeting, [next]);
			found.set(next, [...(found.get(next) ?? []), meeting]);
		}
		return found;
	}
}
