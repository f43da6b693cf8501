import type { admissionRequests } from '#shared/admission.ts';
import { seatOf, type Handlers } from './handlers.ts';

export const onLobby: Handlers<'lobby:enter' | 'lobby:prepare' | keyof typeof admissionRequests> = {
	'lobby:enter': async (client, { roomId, follows }, { rooms, iceServers, entry }) => {
		await entry.checkMaking(client.visitor, roomId);
		// Starting over (R13).
		if (client.place.phase !== 'outside') client.place.live.leave(client, follows !== undefined);
		const live = await rooms.acquire(roomId, client);
		const { peer, media } = await live.seating.enter(client, follows);
		const admission = live.door.admissionOf(client.personId);
		return {
			personId: client.personId,
			room: live.room.info,
			admission,
			kept: peer.joined,
			present: live.room.joined.filter((other) => other !== peer).length,
			routerRtpCapabilities: live.media.rtpCapabilities,
			videoCodec: live.media.videoCodec,
			// Whoever may not come in yet asks again when they may (R213).
			iceServers: admission === 'open' ? iceServers.of(client.personId) : [],
			sendTransport: media.options('send'),
			recvTransport: media.options('recv'),
		};
	},

	'lobby:prepare': async (client, { rtpCapabilities, firstPage }) => {
		const { live, media, peer } = seatOf(client);
		// Who is not let in yet is shown nothing of the room (R34).
		if (live.door.admissionOf(peer.personId) !== 'open') return { consumers: [], unavailable: [] };
		live.media.learn(media, rtpCapabilities);
		const { unavailable } = await live.media.wantFirst(media, firstPage);
		return { consumers: media.consumers.infos, unavailable };
	},

	'room:knock': (client, input) => {
		const { live, peer } = seatOf(client);
		return live.reception.knock(peer, input, client.block);
	},
};
