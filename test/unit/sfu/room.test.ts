import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newPersonId, newRoomId, type PeerId } from '../../../shared/ids.ts';
import type { Peer } from '../../../sfu/rooms/peer.ts';
import { Room } from '../../../sfu/rooms/room.ts';
import { RoomRules } from '../../../sfu/rooms/roomRules.ts';

const person = newPersonId();
/** Longer than a page takes to load, in ms. */
const grace = 30_000;
const loading = 8_000;

function openRoom(): Room {
	const policy = {
		locked: false,
		knocking: false,
		sharing: 'everybody',
		unmuting: 'everybody',
		slowMode: 0,
		passwordHash: null,
	} as const;
	return new Room(
		newRoomId(),
		new RoomRules(100, {
			...{ kind: 'open', name: null, encryption: null, policy },
			...{ hosts: [], members: [], removed: [], labels: [] },
		}),
		grace,
	);
}

function joinedIn(room: Room): Peer {
	const peer = room.enter(person);
	room.join(peer, 'Ann');
	return peer;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

test('ROOM-4: a lost peer is gone after the grace period, and was connected until it was lost', () => {
	const room = openRoom();
	const peer = joinedIn(room);
	const left = vi.fn();
	room.on('left', (_peer, until) => left(until));
	const lostAt = Date.now();
	room.lose(peer);
	expect(peer.state).toMatchObject({ kind: 'lost', since: lostAt });
	vi.advanceTimersByTime(grace);
	expect(peer.state).toEqual({ kind: 'gone' });
	expect(left).toHaveBeenCalledExactlyOnceWith(lostAt);
});

test('RELOAD-1, RELOAD-2: the place of a page is kept while the next one loads, and longer once that has come', () => {
	const room = openRoom();
	const peer = joinedIn(room);
	const lostAt = Date.now();
	room.unload(peer);
	vi.advanceTimersByTime(loading - 1);
	expect(room.follow(peer.resumeToken, person)).toBe(peer);
	vi.advanceTimersByTime(grace - 1);
	expect(peer.state).toMatchObject({ kind: 'unloading', since: lostAt });
	room.join(peer, 'Ann');
	expect(peer.state).toEqual({ kind: 'joined' });
});

test('ROOM-3: a place that waits for another page is not resumed', () => {
	const room = openRoom();
	const peer = joinedIn(room);
	room.unload(peer);
	expect(() => room.resume(peer.resumeToken, person)).toThrow(
		expect.objectContaining({ code: 'RESUME_EXPIRED' }),
	);
	room.close();
});

const actions = ['enter', 'join', 'lose', 'unload', 'follow', 'resume', 'leave', 'wait'] as const;

test('whatever happens to peers, each of them ends in the lobby, in the room or gone, and others are told no wrong state', () => {
	fc.assert(
		fc.property(
			fc.array(fc.tuple(fc.constantFrom(...actions), fc.nat({ max: 3 }), fc.nat({ max: grace })), {
				maxLength: 40,
			}),
			(steps) => {
				const room = openRoom();
				const peers: Peer[] = [];
				/** Those whom the others know of, and whether they know them as connected. */
				const known = new Map<PeerId, boolean>();
				room.on('joined', ({ id }) => known.set(id, true));
				room.on('connection', ({ id, isConnected }) => {
					expect(known.get(id)).toBe(!isConnected);
					known.set(id, isConnected);
				});
				room.on('left', ({ id }) => expect(known.delete(id)).toBe(true));
				for (const [action, index, time] of steps) {
					if (action === 'enter') peers.push(room.enter(person));
					else if (action === 'wait') vi.advanceTimersByTime(time);
					const peer = peers[index % Math.max(1, peers.length)];
					if (!peer) continue;
					const isGone = peer.state.kind === 'gone';
					if (action === 'join' && !isGone) room.join(peer, 'Ann');
					else if (action === 'lose' || action === 'unload' || action === 'leave')
						room[action](peer);
					else if (action === 'follow') room.follow(peer.resumeToken, person);
					else if (
						action === 'resume' &&
						(peer.state.kind === 'lost' || peer.state.kind === 'joined')
					)
						room.resume(peer.resumeToken, person);
					expect(new Map(room.joined.map(({ id, isConnected }) => [id, isConnected]))).toEqual(
						known,
					);
					if (isGone) expect(peer.state.kind).toBe('gone');
				}
				vi.advanceTimersByTime(grace);
				for (const { state } of peers) expect(['waiting', 'joined', 'gone']).toContain(state.kind);
				expect(vi.getTimerCount()).toBe(0);
			},
		),
	);
});
