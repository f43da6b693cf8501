import type { admissionRequests } from '#shared/admission.ts';
import { placeOf, type Handlers } from './handlers.ts';

export const onLobby: Handlers<'lobby:enter' | 'lobby:prepare' | keyof typeof admissionRequests> = {
	'lobby:enter': async (
		client,
		{ roomId, follows, encryption },
		{ rooms, iceServers, accessPolicy },
	) => {
		await accessPolicy.checkMaking(client.visitor, roomId);
		// Starting over (LOBBY-4).
		client.leave(follows !== undefined);
		const live = await rooms.acquire(roomId, client);
		const { peer, media } = await live.roomEntry.enter(client, { follows, encryption });
		const admission = live.roomAdmission.admissionOf(client.personId);
		const newSecret = live.encryption.newSecretFor(peer.id);
		return {
			personId: client.personId,
			room: live.room.info,
			admission,
			kept: peer.isInRoom,
			...(newSecret && { newSecret }),
			present: live.room.joined.filter((other) => other !== peer).length,
			routerRtpCapabilities: live.media.rtpCapabilities,
			videoCodec: live.media.videoCodec,
			// A client that may not join yet asks again when it may (MEDIA-18).
			iceServers: admission === 'open' ? iceServers.of(client.personId) : [],
			sendTransport: media.options('send'),
			recvTransport: media.options('recv'),
		};
	},

	'lobby:prepare': async (client, { rtpCapabilities, firstPage }) => {
		const { live, media, peer } = placeOf(client);
		// A person who is not admitted yet sees nothing of the room (MEDIA-12).
		if (live.roomAdmission.admissionOf(peer.personId) !== 'open')
			return { consumers: [], unavailable: [] };
		live.media.setRtpCapabilities(media, rtpCapabilities);
		const { unavailable } = await live.media.wantFirst(media, firstPage);
		return { consumers: media.consumers.infos, unavailable };
	},

	'room:knock': (client, input) => {
		const { live, peer } = placeOf(client);
		return live.waitingRoom.knock(peer, input, client.block);
	},
};
