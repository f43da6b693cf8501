import type { mediaRequests } from '#shared/media.ts';
import type { IceServer } from '#shared/rtp.ts';
import { hearingOf } from '../media/hearing.ts';
import type { Client } from './client.ts';
import { seatOf, type Context, type Handlers } from './handlers.ts';
import { stageOf, type Stage } from './stage.ts';

/** Servers that help this client to reach this one: for those who may come in (R213). */
const iceServersFor = (
	{ personId }: Client,
	{ mayComeIn }: Stage,
	{ iceServers }: Context,
): IceServer[] => (mayComeIn() ? iceServers.of(personId) : []);

export const onMedia: Handlers<keyof typeof mediaRequests> = {
	'media:connect': async (client, { direction, dtlsParameters }) => {
		await stageOf(client).media.connect(direction, dtlsParameters);
		return {};
	},

	'media:restart-ice': async (client, { direction }, context) => {
		const stage = stageOf(client);
		const { iceParameters } = await stage.media.restartIce(direction);
		return { iceParameters, iceServers: iceServersFor(client, stage, context) };
	},

	'media:ice-servers': (client, _input, context) => ({
		iceServers: iceServersFor(client, stageOf(client), context),
	}),

	'media:produce': async (client, input) => {
		const stage = stageOf(client);
		stage.check(input);
		await stage.media.producers.produce(input);
		await stage.enforce();
		return {};
	},

	'media:update': async (client, input) => {
		const stage = stageOf(client);
		const { producers } = stage.media;
		const source = producers.sourceOf(input.producerId);
		if (source) stage.check({ ...input, source });
		await producers.update(input);
		await stage.enforce();
		return {};
	},

	'media:close': (client, { producerId }) => {
		stageOf(client).media.producers.closeProducer(producerId);
		return {};
	},

	'media:loopback': async (client, { rtpCapabilities }) => {
		const { media, learn } = stageOf(client);
		learn(rtpCapabilities);
		return media.consumers.loopback(media.producers.offers);
	},

	'media:want': (client, { wants }) => stageOf(client).want(wants),

	'media:resume': async (client, { consumerIds }) => ({
		unavailable: await stageOf(client).media.consumers.resume(consumerIds),
	}),

	'media:hearing': (client) => {
		const { live, peer, media } = seatOf(client);
		const others = live.seats.joined
			.filter((seat) => seat.peer !== peer)
			.map((seat) => ({
				peerId: seat.peer.id,
				media: seat.media,
				connected: seat.peer.connected,
			}));
		return hearingOf(media, others, live.media.speakers.silent);
	},

	'media:keyframe': async (client, { consumerIds }) => ({
		unavailable: await stageOf(client).media.consumers.requestKeyFrames(consumerIds),
	}),
};
