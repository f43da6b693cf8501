import { observer } from 'mediasoup';
import type { ProducerOptions, Transport } from 'mediasoup/types';

/** Ids of producers that the engine is to be given with a second codec: it takes such a producer, and refuses every consumer of it. */
export const bent = new Set<string>();

function bend(transport: Transport): void {
	const produce = transport.produce.bind(transport) as Transport['produce'];
	transport.produce = ((options: ProducerOptions) => {
		if (!bent.has(options.id ?? '')) return produce(options);
		const { codecs } = options.rtpParameters;
		const twins = codecs.map((codec) => ({ ...codec, payloadType: codec.payloadType - 10 }));
		return produce({
			...options,
			rtpParameters: { ...options.rtpParameters, codecs: [...codecs, ...twins] },
		});
	}) as Transport['produce'];
}

observer.on('newworker', (worker) =>
	worker.observer.on('newrouter', (router) => router.observer.on('newtransport', bend)),
);
