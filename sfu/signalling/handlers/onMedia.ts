import type { mediaRequests } from '#shared/media.ts';
import type { IceServer } from '#shared/rtp.ts';
import { hearingOf } from '../../media/peer/hearing.ts';
import type { Client } from '../client/client.ts';
import { placeOf, type Context, type Handlers } from './handlers.ts';
import { mediaContextOf, type MediaContext } from './mediaContext.ts';

/** The ICE servers for a client that may join (MEDIA-18); none before. */
const iceServersFor = (
	{ personId }: Client,
	{ mayComeIn }: MediaContext,
	{ iceServers }: Context,
): IceServer[] => (mayComeIn() ? iceServers.of(personId) : []);

export const onMedia: Handlers<keyof typeof mediaRequests> = {
	'media:connect': (client, { direction, dtlsParameters }) =>
		mediaContextOf(client).media.connect(direction, dtlsParameters),

	'media:restart-ice': async (client, { direction }, context) => {
		const mediaContext = mediaContextOf(client);
		const { iceParameters } = await mediaContext.media.restartIce(direction);
		return { iceParameters, iceServers: iceServersFor(client, mediaContext, context) };
	},

	'media:ice-servers': (client, _input, context) => ({
		iceServers: iceServersFor(client, mediaContextOf(client), context),
	}),

	'media:produce': async (client, input) => {
		const mediaContext = mediaContextOf(client);
		mediaContext.check(input);
		await mediaContext.media.producers.produce(input);
		await mediaContext.enforce();
	},

	'media:update': async (client, input) => {
		const mediaContext = mediaContextOf(client);
		const { producers } = mediaContext.media;
		const source = producers.sourceOf(input.producerId);
		if (source) mediaContext.check({ ...input, source });
		await producers.update(input);
		await mediaContext.enforce();
	},

	'media:close': (client, { producerId }) =>
		mediaContextOf(client).media.producers.closeProducer(producerId),

	'media:loopback': async (client, { rtpCapabilities }) => {
		const { media, setRtpCapabilities } = mediaContextOf(client);
		setRtpCapabilities(rtpCapabilities);
		return media.consumers.loopback(media.producers.offers);
	},

	'media:want': (client, { wants }) => mediaContextOf(client).want(wants),

	'media:resume': async (client, { consumerIds }) => ({
		unavailable: await mediaContextOf(client).media.consumers.resume(consumerIds),
	}),

	'media:hearing': (client) => {
		const { live, peer, media } = placeOf(client);
		const others = live.peerSessions.joined
			.filter((peerSession) => peerSession.peer !== peer)
			.map((peerSession) => ({
				peerId: peerSession.peer.id,
				media: peerSession.media,
				connected: peerSession.peer.isConnected,
			}));
		return hearingOf(media, others, live.media.speakers.silent);
	},

	'media:quality': (client, report) => {
		const { live } = placeOf(client);
		if (live.reportQuality) live.metrics.quality(report);
	},

	'media:keyframe': async (client, { consumerIds }) => ({
		unavailable: await mediaContextOf(client).media.consumers.requestKeyFrames(consumerIds),
	}),
};
