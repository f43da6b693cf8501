import { observer } from 'mediasoup';
import type { Consumer } from 'mediasoup/types';

/** Every consumer in the workers of the test file that takes this. */
export const consumersInWorker = new Map<string, Consumer>();

observer.on('newworker', (worker) =>
	worker.observer.on('newrouter', (router) =>
		router.observer.on('newtransport', (transport) =>
			transport.observer.on('newconsumer', (consumer) =>
				consumersInWorker.set(consumer.id, consumer),
			),
		),
	),
);

/** What the engine does with this one. */
export function stateOf(consumerId: string): 'closed' | 'paused' | 'flowing' | undefined {
	const consumer = consumersInWorker.get(consumerId);
	return consumer && (consumer.closed ? 'closed' : consumer.paused ? 'paused' : 'flowing');
}
