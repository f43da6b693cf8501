import { Random } from './random.ts';

/** What rooms of a day are like. */
export type Habits = {
	/** People in rooms at the busiest hour, on average. */
	people: number;
	hours: number;
	/** People that fit into one room. */
	maxPeers: number;
};

/** A room with those who come into it; times are in seconds from the beginning of the day. */
export type PlannedRoom = {
	begins: number;
	ends: number;
	people: { comes: number; leaves: number }[];
};

/**
 * Mean size and length of meetings, as Zoom published them for November 2021 to October 2022: 7 participants and 52 minutes
 * (https://computing.co.uk/news/4061902/zoom-2022). The shapes and the medians are assumed: many small and short ones, few large and
 * long ones.
 */
const size = { mean: 7, median: 4 };
const minutes = { mean: 52, median: 40 };

/** How busy each hour of a working day is beside the busiest one. Assumed. */
const busyHours = [
	...[0.05, 0.03, 0.02, 0.02, 0.03, 0.08, 0.2, 0.45, 0.8, 1, 1, 0.95],
	...[0.7, 0.85, 0.95, 0.9, 0.75, 0.55, 0.4, 0.4, 0.35, 0.25, 0.15, 0.08],
];
/** The share of rooms that begin at a full or half hour, within so many seconds. Assumed: this is what makes crowds. */
const onTheHour = { share: 0.6, within: 120 };
/** How long after the first one people come, in seconds. Assumed. */
const delay = { mean: 90, median: 45 };

/** People in a room, on average. */
export const meanSize = size.mean;

/** The busiest of the first so many hours of a day. */
export const busiestHour = (hours: number): number =>
	busyHours
		.slice(0, hours)
		.reduce((best, busy, hour, all) => (busy > (all[best] ?? 0) ? hour : best), 0);

/** The rooms of a day, from the first one on: the same for the same seed. */
export function roomsOfDay({ people, hours, maxPeers }: Habits, seed: number): PlannedRoom[] {
	const random = new Random(seed);
	const roomsAnHour = people / (size.mean * (minutes.mean / 60));
	const rooms: PlannedRoom[] = [];
	for (let hour = 0; hour < hours; hour++) {
		const count = random.poisson(roomsAnHour * (busyHours[hour % 24] ?? 0));
		for (let room = 0; room < count; room++) {
			const isOnTheHour = random.between(0, 1) < onTheHour.share;
			const begins =
				hour * 3600 +
				(isOnTheHour
					? random.of([0, 1800]) + random.between(0, onTheHour.within)
					: random.between(0, 3600));
			const ends = begins + 60 * Math.max(1, random.lognormal(minutes));
			const inside = Math.min(maxPeers, Math.max(2, Math.round(random.lognormal(size))));
			const come = Array.from({ length: inside }, (_, index) => {
				const comes = index === 0 ? begins : begins + random.lognormal(delay);
				return { comes: Math.min(comes, ends - 1), leaves: ends + random.between(-0.5, 0.5) };
			});
			rooms.push({ begins, ends, people: come });
		}
	}
	return rooms.sort((one, other) => one.begins - other.begins);
}
