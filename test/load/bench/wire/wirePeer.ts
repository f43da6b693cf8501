import type { RoomId } from '../../../../shared/ids.ts';
import type { Data } from '../../../../shared/protocol.ts';
import { produceInput } from '../../../support/rtp.ts';
import type { Cast, TestClient } from '../../../support/client.ts';
import { MediaLeg, type Certificate } from '../../wire/mediaLeg.ts';
import { describedVideo, VideoSender } from './videoSender.ts';

/** A client in the lobby, whose transports know the certificate of its legs. */
export type WireVisitor = { client: TestClient; lobby: Data<'lobby:enter'> };

/** A peer in a room, whose media a leg sends or receives. */
export type WirePeer = WireVisitor & { consumers: Data<'room:join'>['consumers'] };

const firstPage = { videos: 9, width: 640, height: 360 };

export async function enterLobby(
	cast: Cast,
	roomId: RoomId,
	{ dtlsParameters }: Certificate,
): Promise<WireVisitor> {
	const client = await cast.connect();
	const lobby = await client.ask('lobby:enter', { roomId });
	await client.ask('media:connect', { direction: 'send', dtlsParameters });
	await client.ask('media:connect', { direction: 'recv', dtlsParameters });
	return { client, lobby };
}

/** From the lobby into the room. */
export async function joinRoom(
	{ client, lobby }: WireVisitor,
	roomId: RoomId,
	name: string,
): Promise<WirePeer> {
	const { routerRtpCapabilities: rtpCapabilities } = lobby;
	const { consumers } = await client.ask('room:join', { roomId, name, rtpCapabilities, firstPage });
	return { client, lobby, consumers };
}

export const enterRoom = async (
	cast: Cast,
	roomId: RoomId,
	certificate: Certificate,
	name: string,
): Promise<WirePeer> => joinRoom(await enterLobby(cast, roomId, certificate), roomId, name);

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
