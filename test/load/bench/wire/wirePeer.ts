import type { RoomId } from '../../../../shared/ids.ts';
import type { Data } from '../../../../shared/protocol.ts';
import { produceInput } from '../../../support/rtp.ts';
import type { Cast, TestClient } from '../../../support/client.ts';
import { MediaLeg, type Certificate } from './mediaLeg.ts';
import { describedVideo, VideoSender } from './videoSender.ts';

/** A peer in a room, whose media a leg sends or receives. */
export type WirePeer = {
	client: TestClient;
	lobby: Data<'lobby:enter'>;
	consumers: Data<'room:join'>['consumers'];
};

export async function enterRoom(
	cast: Cast,
	roomId: RoomId,
	{ dtlsParameters }: Certificate,
	name: string,
): Promise<WirePeer> {
	const client = await cast.connect();
	const lobby = await client.ask('lobby:enter', { roomId });
	await client.ask('media:connect', { direction: 'send', dtlsParameters });
	await client.ask('media:connect', { direction: 'recv', dtlsParameters });
	const { consumers } = await client.ask('room:join', {
		roomId,
		name,
		rtpCapabilities: lobby.routerRtpCapabilities,
		firstPage: { videos: 9, width: 640, height: 360 },
	});
	return { client, lobby, consumers };
}

/** Lets this peer publish the video. */
export async function publishVideo(
	{ client, lobby }: WirePeer,
	certificate: Certificate,
): Promise<{ sender: VideoSender; producerId: ReturnType<typeof produceInput>['producerId'] }> {
	const leg = new MediaLeg(lobby.sendTransport, certificate);
	const sender = new VideoSender(leg, await leg.connect());
	const input = produceInput('camera', { rtpParameters: describedVideo });
	await client.ask('media:produce', input);
	return { sender, producerId: input.producerId };
}

/** Lets the video flow to this peer. @returns its consumers. */
export async function watchVideo(
	{ client, consumers }: WirePeer,
	producerId: ReturnType<typeof produceInput>['producerId'],
) {
	const wants = [{ producerId, width: 1280, height: 720, priority: 1 }];
	const wanted = await client.ask('media:want', { wants });
	const consumerIds = [...consumers, ...wanted.consumers].map(({ consumerId }) => consumerId);
	await client.ask('media:resume', { consumerIds });
	return consumerIds;
}
