import type { mediaRequests } from '#shared/media.ts';
import { seatOf, type Handlers } from './handlers.ts';

export const onMedia: Handlers<keyof typeof mediaRequests> = {
	'media:connect': async (client, { direction, dtlsParameters }) => {
		await seatOf(client).media.connect(direction, dtlsParameters);
		return {};
	},

	'media:restart-ice': (client, { direction }) => seatOf(client).media.restartIce(direction),

	'media:produce': async (client, input) => {
		const seat = seatOf(client);
		const { live, media } = seat;
		live.floor.check(seat, input);
		await media.producers.produce(input);
		await live.floor.enforce(seat);
		return {};
	},

	'media:update': async (client, input) => {
		const seat = seatOf(client);
		const { live, media } = seat;
		const source = media.producers.sourceOf(input.producerId);
		if (source) live.floor.check(seat, { ...input, source });
		await media.producers.update(input);
		await live.floor.enforce(seat);
		return {};
	},

	'media:close': (client, { producerId }) => {
		seatOf(client).media.producers.closeProducer(producerId);
		return {};
	},

	'media:loopback': async (client, { rtpCapabilities }) => {
		const { live, media } = seatOf(client);
		live.media.learn(media, rtpCapabilities);
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
