import { Blocklist } from '../../sfu/moderation/blocklist.ts';
import { RecentPartners } from '../../sfu/matching/recentPartners.ts';
import type { Acquaintance, Waiter } from '../../sfu/matching/waiter.ts';
import { newPersonId } from '../../shared/ids.ts';
import { waiting } from './waiters.ts';

/* Crowds of any size, for measuring: likely ones, and such as make pairing hard. */

/** A moment. */
export const crowdTime = 1_800_000_000_000;

/** Numbers from 0 to 1, the same from the same seed. */
export type Chance = () => number;

/** A crowd, longest waiting first, and what its people know of each other as the service has it at hand. */
export type Crowd = { waiters: Waiter[]; known: Acquaintance };
type Relate = (one: Waiter, other: Waiter) => void;

const interests = Array.from({ length: 200 }, (_, index) => `interest ${index}`);
const languages = ['en', 'es', 'de', 'fr', 'pt', 'ja', 'ar', 'hi'];

/** People of all kinds of wishes. */
function allKinds(size: number, chance: Chance): Waiter[] {
	const below = (most: number) => Math.floor(chance() * most);
	const waiters = Array.from({ length: size }, () => {
		const wished = chance() < 0.6 ? 1 + below(5) : 0;
		return waiting(crowdTime, below(15_000), {
			place: chance() < 0.7 ? `hall ${below(4)}` : 'text',
			interests: [...new Set(Array.from({ length: wished }, () => interests[below(200)] ?? ''))],
			language: chance() < 0.4 ? (languages[below(8)] ?? null) : null,
		});
	});
	return waiters.sort((one, other) => one.since - other.since);
}

/** People who wish the same, each by their number if it is asked for. */
const alike =
	(waited: number, wish: (index: number) => Partial<Waiter> = () => ({})) =>
	(size: number): Waiter[] =>
		Array.from({ length: size }, (_, index) => waiting(crowdTime, waited, wish(index)));

/** The crowd of people who relate so. */
async function crowdOf(
	waiters: Waiter[],
	relate?: (of: { waiters: readonly Waiter[]; block: Relate; meet: Relate }) => void,
): Promise<Crowd> {
	const blocklist = new Blocklist(() => Promise.resolve([]));
	for (const { personId } of waiters) await blocklist.read(personId);
	const recent = new RecentPartners(Math.max(1_000, waiters.length));
	relate?.({
		waiters,
		block: (one, other) => blocklist.add(one.personId, other.personId),
		meet: (one, other) => recent.note(one.personId, other.personId),
	});
	return { waiters, known: { apart: blocklist.apart, partners: recent.partners } };
}

/** The first so many block everybody. */
const blockedByFirst = (count: number) => (size: number) =>
	crowdOf(alike(0)(size), ({ waiters, block }) => {
		for (const [index, one] of waiters.slice(0, count).entries())
			for (const other of waiters.slice(index + 1)) block(one, other);
	});

const patient = 20_000;
const [me, you] = [newPersonId(), newPersonId()];

export const crowds: Record<string, (size: number, chance: Chance) => Promise<Crowd>> = {
	'people of all kinds': (size, chance) =>
		crowdOf(allKinds(size, chance), ({ waiters, block, meet }) => {
			const some = () => waiters[Math.floor(chance() * size)];
			const relate = (how: Relate) => {
				const [one, other] = [some(), some()];
				if (one && other && one !== other) how(one, other);
			};
			for (let count = 0; count < size; count++) relate(block);
			for (let count = 0; count < 2 * size; count++) relate(meet);
		}),
	'all wish nothing': (size) => crowdOf(alike(0)(size)),
	'all have the same interest': (size) => crowdOf(alike(0, () => ({ interests: ['chess'] }))(size)),
	'all have another interest': (size) =>
		crowdOf(alike(0, (index) => ({ interests: [`interest ${index}`] }))(size)),
	'…and have waited long': (size) =>
		crowdOf(alike(patient, (index) => ({ interests: [`interest ${index}`] }))(size)),
	'all speak another language': (size) =>
		crowdOf(alike(patient, (index) => ({ language: `language ${index}` }))(size)),
	'all blocked their neighbours': (size) =>
		crowdOf(alike(0)(size), ({ waiters, block }) => {
			for (const [index, one] of waiters.entries())
				for (const other of waiters.slice(index + 1, index + 21)) block(one, other);
		}),
	'the first blocked everybody': blockedByFirst(1),
	'the first 100 did': blockedByFirst(100),
	'all have just parted': (size) =>
		crowdOf(alike(patient)(size), ({ waiters, meet }) => {
			for (const [index, one] of waiters.entries())
				for (const other of waiters.slice(index + 1, index + 4)) meet(one, other);
		}),
	'everybody blocked everybody': async (size) => {
		const waiters = alike(patient, () => ({ interests: ['chess', 'go', 'tea'] }))(size);
		const everybody = new Set(waiters.map(({ personId }) => personId));
		return { waiters, known: { apart: () => everybody, partners: () => [] } };
	},
	'there are two people in all tabs': (size) =>
		crowdOf(
			alike(patient, (index) => ({
				personId: index < size / 2 ? me : you,
				interests: ['chess', 'go', 'tea'],
			}))(size),
			({ waiters, block }) => {
				const [first, last] = [waiters[0], waiters.at(-1)];
				if (first && last) block(first, last);
			},
		),
};
