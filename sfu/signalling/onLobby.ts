import { seatOf, type Handlers } from './handlers.ts';

export const onLobby: Handlers<'lobby:enter' | 'lobby:prepare'> = {
	'lobby:enter': async (client, { roomId }, { rooms, iceServers }) => {
		// Starting over (R13).
		if (client.place.phase !== 'outside') client.place.live.leave(client);
		const live = await rooms.acquire(roomId);
		const { media } = await live.enter(client);
		return {
			personId: client.personId,
			room: live.room.info,
			present: live.room.joined.length,
			routerRtpCapabilities: live.media.rtpCapabilities,
			iceServers,
			sendTransport: media.options('send'),
			recvTransport: media.options('recv'),
		};
	},

	'lobby:prepare': async (client, { rtpCapabilities, firstPage }) => {
		const { live, media } = seatOf(client);
		media.consumers.rtpCapabilities = rtpCapabilities;
		await live.media.wantFirst(media, firstPage);
		return { consumers: media.consumers.infos };
	},
};
