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
