import { describe, expect, test } from 'vitest';
import { requests, type RequestName } from '../../../shared/protocol.ts';
import { hasPlace, mayAsk, type Phase } from '../../../sfu/rooms/permissions.ts';

const everywhere = { outside: true, lobby: true, room: true };
const inRoom = { outside: false, lobby: false, room: true };

/** The whole table: what may be asked outside, in the lobby and in the room. */
const table: Record<RequestName, Record<Phase, boolean>> = {
	'lobby:enter': { outside: true, lobby: true, room: true },
	'lobby:prepare': { outside: false, lobby: true, room: false },
	'room:join': { outside: true, lobby: true, room: true },
	'room:leave': { outside: false, lobby: true, room: true },
	'room:knock': { outside: false, lobby: true, room: false },
	'room:hand': inRoom,
	'room:react': inRoom,
	'room:rename': inRoom,
	'host:policy': inRoom,
	'host:mute': inRoom,
	'host:mute-all': inRoom,
	'host:stop-camera': inRoom,
	'host:stop-share': inRoom,
	'host:lower-hand': inRoom,
	'host:remove': inRoom,
	'host:removed': inRoom,
	'host:allow': inRoom,
	'host:name': inRoom,
	'host:admit': inRoom,
	'host:admit-all': inRoom,
	'host:decline': inRoom,
	'host:end-call': inRoom,
	'media:connect': { outside: false, lobby: true, room: true },
	'media:restart-ice': { outside: false, lobby: true, room: true },
	'media:produce': { outside: false, lobby: true, room: true },
	'media:update': { outside: false, lobby: true, room: true },
	'media:close': { outside: false, lobby: true, room: true },
	'media:loopback': { outside: false, lobby: true, room: false },
	'media:want': { outside: false, lobby: false, room: true },
	'media:resume': { outside: false, lobby: true, room: true },
	'media:keyframe': { outside: false, lobby: true, room: true },
	'chat:open': everywhere,
	'chat:enter': everywhere,
	'chat:close': everywhere,
	'chat:page': everywhere,
	'chat:changes': everywhere,
	'chat:post': everywhere,
	'chat:edit': everywhere,
	'chat:delete': everywhere,
	'chat:react': everywhere,
	'chat:correct': everywhere,
	'chat:typing': everywhere,
	'chat:read': everywhere,
	'chat:search': everywhere,
	'chat:retain': everywhere,
};

describe('R16: each request in each phase', () => {
	for (const name of Object.keys(requests) as RequestName[]) {
		test.each(['outside', 'lobby', 'room'] as const)(`${name} %s`, (phase) => {
			expect(mayAsk(name, phase)).toBe(table[name][phase]);
		});
	}
});

test.each([
	[0, 1, true],
	[1, 1, false],
	[49, 50, true],
	[50, 50, false],
	[51, 50, false],
])('R20: with %i of %i there is a place: %s', (present, maxPeers, free) => {
	expect(hasPlace(present, { maxPeers })).toBe(free);
});
