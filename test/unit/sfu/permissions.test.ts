import { describe, expect, test } from 'vitest';
import { requests, type RequestName } from '../../../shared/protocol.ts';
import { hasPlace, mayAsk, type Phase } from '../../../sfu/rooms/permissions.ts';

const everywhere = { outside: true, lobby: true, room: true, match: true };
const withMedia = { lobby: true, room: true, match: true };
const inMatch = { match: true };
const inRoom = { outside: false, lobby: false, room: true };

/** The whole table: where each request may be made. */
const table: Record<RequestName, { [P in Phase]?: boolean }> = {
	'lobby:enter': everywhere,
	'lobby:prepare': { outside: false, lobby: true, room: false },
	'room:join': everywhere,
	'room:leave': { outside: false, lobby: true, room: true },
	'room:knock': { outside: false, lobby: true, room: false },
	'room:hand': inRoom,
	'room:react': inRoom,
	'room:name': everywhere,
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
	'host:hand-over': inRoom,
	'host:label': inRoom,
	'host:make-wait': inRoom,
	'host:admit': inRoom,
	'host:admit-all': inRoom,
	'host:decline': inRoom,
	'host:end-call': inRoom,
	'encryption:rekey': inRoom,
	'encryption:chain': everywhere,
	'media:connect': withMedia,
	'media:restart-ice': withMedia,
	'media:ice-servers': withMedia,
	'media:produce': withMedia,
	'media:update': withMedia,
	'media:close': withMedia,
	'media:loopback': { lobby: true, match: true },
	'media:hearing': inRoom,
	'media:quality': inRoom,
	'media:want': { room: true, match: true },
	'match:enter': everywhere,
	'match:start': inMatch,
	'match:next': inMatch,
	'match:stop': inMatch,
	'match:leave': inMatch,
	'match:post': inMatch,
	'match:typing': inMatch,
	'match:keep': inMatch,
	'match:block': inMatch,
	'match:report': inMatch,
	'media:resume': withMedia,
	'media:keyframe': withMedia,
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
	'people:enter': everywhere,
	'people:idle': everywhere,
	'people:choose': everywhere,
	'people:open': everywhere,
	'people:close': everywhere,
	'people:add': everywhere,
	'people:add-by-code': everywhere,
	'people:remove': everywhere,
	'people:block': everywhere,
	'people:unblock': everywhere,
	'people:blocked': everywhere,
	'people:code': everywhere,
	'people:direct': everywhere,
	'people:history': everywhere,
	'call:start': everywhere,
	'call:accept': everywhere,
	'call:decline': everywhere,
	'call:cancel': everywhere,
};

describe('ROOM-2: each request in each phase', () => {
	for (const name of Object.keys(requests) as RequestName[]) {
		test.each(['outside', 'lobby', 'room', 'match'] as const)(`${name} %s`, (phase) => {
			expect(mayAsk(name, phase)).toBe(table[name][phase] ?? false);
		});
	}
});

test.each([
	[0, 1, true],
	[1, 1, false],
	[49, 50, true],
	[50, 50, false],
	[51, 50, false],
])('ROOM-6: with %i of %i there is a place: %s', (present, maxPeers, free) => {
	expect(hasPlace(present, { maxPeers })).toBe(free);
});
