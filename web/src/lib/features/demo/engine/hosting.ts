import type { Handlers } from './demoServer.ts';
import { guestName } from './guests.ts';
import type { DemoRoom } from './room.ts';

/** The handlers of a host's requests to simulated people, who obey. */
export function hostHandlers(room: DemoRoom): Handlers {
	return {
		'host:policy': ({ password, ...change }) => {
			const policy = {
				...room.policy,
				...change,
				...(password !== undefined && { password: password !== null }),
			};
			room.setPolicy(policy);
			return { policy };
		},
		'host:mute': ({ peerId, muted }) => {
			const { number } = room.guestOf(peerId);
			room.change(number, muted ? { microphoneOn: false, hostMuted: true } : { hostMuted: false });
			return {};
		},
		'host:mute-all': () => {
			for (const { number, role } of room.guests)
				if (role !== 'host') room.change(number, { microphoneOn: false, hostMuted: true });
			return {};
		},
		'host:stop-camera': ({ peerId }) => {
			room.change(room.guestOf(peerId).number, { cameraOn: false });
			return {};
		},
		'host:stop-share': ({ peerId }) => {
			room.share(room.guestOf(peerId).number, false);
			return {};
		},
		'host:lower-hand': ({ peerId }) => {
			room.change(room.guestOf(peerId).number, { hand: null });
			return {};
		},
		'host:remove': ({ personId }) => {
			const { number } = room.guestOf(personId);
			room.removed.push({ personId, name: guestName(number) });
			room.leave(number, true);
			return {};
		},
		'host:removed': () => ({ people: [...room.removed] }),
		'host:allow': ({ personId }) => {
			const place = room.removed.findIndex((person) => person.personId === personId);
			if (place >= 0) room.removed.splice(place, 1);
			return {};
		},
		'host:name': ({ personId, host }) => {
			room.change(room.guestOf(personId).number, { role: host ? 'host' : 'member' });
			return {};
		},
		'host:label': ({ personId, label }) => {
			room.label(personId, label ?? undefined);
			return {};
		},
		'room:name': ({ name }) => {
			room.setName(name);
			return {};
		},
		'host:hand-over': ({ personId }) => {
			room.handOver(room.guestOf(personId));
			return {};
		},
		'host:make-wait': ({ personId }) => {
			room.makeWait(room.guestOf(personId));
			return {};
		},
		'host:admit': ({ knockId }) => {
			room.answerKnock(knockId, true);
			return {};
		},
		'host:decline': ({ knockId }) => {
			room.answerKnock(knockId, false);
			return {};
		},
		'host:admit-all': () => {
			room.answerKnock(null, true);
			return {};
		},
		'host:end-call': () => {
			room.server.tell('room:ended', {
				code: 'CALL_ENDED',
				message: 'You ended the call.',
			});
			return {};
		},
	};
}
