import type { mediaRequests } from '#shared/media.ts';
import { seatOf, type Handlers } from './handlers.ts';

export const onMedia: Handlers<keyof typeof mediaRequests> = {
	'media:connect': async (client, { direction, dtlsParameters }) => {
		await seatOf(client).media.connect(direction, dtlsParameters);
		return {};
	},

	'media:restart-ice': (client, { direction }) => seatOf(client).media.restartIce(direction),

	'media:produce': async (client, input) => {
		await seatOf(client).media.producers.produce(input);
		return {};
	},

	'media:update': async (client, input) => {
		await seatOf(client).media.producers.update(input);
		return {};
	},

	'media:close': (client, { producerId }) => {
		seatOf(client).media.producers.closeProducer(producerId);
		return {};
	},

	'media:loopback': async (client, { rtpCapabilities }) => {
		const { media } = seatOf(client);
		media.consumers.rtpCapabilities = rtpCapabilities;
		return { consumers: await media.consumers.loopback(media.producers.offers) };
	},

	'media:want': (client, { wants }) => {
		const { live, media } = seatOf(client);
		return live.media.want(media, wants);
	},

	'media:resume': async (client, { consumerIds }) => ({
		unavailable: await seatOf(client).media.consumers.resume(consumerIds),
	}),

	'media:keyframe': async (client, { consumerIds }) => ({
		unavailable: await seatOf(client).media.consumers.requestKeyFrames(consumerIds),
	}),
};
