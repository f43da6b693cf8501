import { expect, test } from 'vitest';
import type { MatchId } from '../../shared/ids.ts';
import { rulesVersion } from '../../shared/match.ts';
import { eventually, TestClient } from '../support/client.ts';
import { Person } from '../support/person.ts';
import type { Service } from '../support/service.ts';
import { withService } from '../support/withService.ts';

// Many people who press Next, stop, start, write and vanish at random, over real sockets, against a model of what is so.
// STORM_SOCKETS and STORM_SECONDS make it another size, STORM_SEED repeats it.

const sockets = Number(process.env['STORM_SOCKETS'] ?? 500);
const seconds = Number(process.env['STORM_SECONDS'] ?? 8);
const seed = Number(process.env['STORM_SEED'] ?? Date.now() % 2_147_483_646) + 1;

let service: Service;
withService((on) => ({ service } = on), {});

/** The same numbers from the same seed. */
function generator(from: number): () => number {
	let state = from;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

type Member = { client: TestClient; matchId: MatchId | null; person: string; started: boolean };

/** What holds at every moment on the server: nobody is in two pairs or lost, and pairs are of two different people. */
function check(): void {
	const { maker } = service.app.matchPeers.matches;
	const stays = maker.everybody;
	const waiting = stays.filter(({ state }) => state.kind === 'waiting');
	const matched = stays.filter(({ match }) => match !== null);
	expect(waiting.length).toBe(maker.waiting);
	expect(waiting.length + matched.length).toBe(stays.length);
	for (const stay of matched) {
		const partner = stay.match?.partnerOf(stay);
		expect(partner).not.toBe(stay);
		expect(partner?.match).toBe(stay.match);
		expect(partner?.personId).not.toBe(stay.personId);
		expect(stay.match?.isOver).toBe(false);
	}
}

test(
	`MATCH-7: ${sockets} sockets at random for ${seconds} s: nobody is in two pairs, nobody is lost (seed ${seed - 1})`,
	async () => {
		const random = generator(seed);
		const below = (most: number) => Math.floor(random() * most);
		const members: Member[] = [];
		const join = async (cookie?: string): Promise<Member> => {
			const client = await TestClient.connect(service, cookie ? { cookie } : {});
			const { id } = await Person.of(service, client.cookie);
			const member: Member = { client, matchId: null, person: id, started: false };
			client.socket.on('match:found', ({ matchId }) => (member.matchId = matchId));
			client.socket.on('match:ended', ({ matchId }) => {
				if (member.matchId === matchId) member.matchId = null;
			});
			// Whoever is left by everybody and does nothing is taken to be away.
			client.socket.on('match:stopped', () => (member.started = false));
			await client.ask('match:enter', { media: false });
			return member;
		};
		const start = async (member: Member) => {
			const { ok } = await member.client.raw('match:start', { mode: 'text', agree: rulesVersion });
			member.started = ok;
		};
		while (members.length < sockets) {
			const comers = Math.min(20, sockets - members.length);
			members.push(...(await Promise.all(Array.from({ length: comers }, () => join()))));
			// Some are two tabs of one person.
			if (members.length < sockets) members.push(await join(members.at(-1)?.client.cookie));
		}
		await Promise.all(members.map(start));
		const codes = new Set<string>();
		let presses = 0;
		const act = async (index: number): Promise<void> => {
			const member = members[index];
			if (!member) return;
			const { matchId } = member;
			const what = random();
			if (what < 0.03) {
				member.client.close();
				members[index] = await join();
				await start(members[index]);
			} else if (what < 0.06) {
				await member.client.raw('match:stop', {});
				member.matchId = null;
				await start(member);
			} else if (what < 0.2 && matchId) {
				const typing = { matchId, typing: true };
				codes.add(await member.client.codeOf('match:typing', typing));
			} else if (matchId) {
				presses++;
				codes.add(await member.client.codeOf('match:next', { matchId }));
			}
		};
		const end = performance.now() + seconds * 1_000;
		// A busy machine gets on slowly: everybody has pressed once on average before it ends.
		const isEnough = () => performance.now() >= end && presses > sockets;
		while (!isEnough()) {
			// Ten at once, each of them somebody else.
			const first = below(sockets);
			const chosen = Array.from({ length: 10 }, (_, at) => (first + at * 5) % sockets);
			await Promise.all([...new Set(chosen)].map(act));
			check();
		}
		// Whoever started is in the queue or in a match now, and nobody else is.
		const { maker } = service.app.matchPeers.matches;
		await eventually(
			() => maker.everybody.length === members.filter(({ started }) => started).length,
		);
		expect(
			[...codes].filter((code) => !['OK', 'NOT_FOUND', 'TOO_MANY_REQUESTS'].includes(code)),
		).toEqual([]);
		expect(presses).toBeGreaterThan(sockets);
		for (const member of members) member.client.close();
	},
	seconds * 1_000 + 120_000,
);
