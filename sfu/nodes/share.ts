import type { EventEmitter } from 'node:events';
import type { News } from './news.ts';

/** One of these events with its arguments. */
type EmittedEvent<E> = { [K in keyof E]: { event: K; args: E[K] } }[keyof E];

/**
 * From now on an event that this emitter emits on one node is emitted on all other nodes, too.
 *
 * @param name of the emitter among the nodes.
 * @param before is called before this node emits the event of another node: for what this node has cached.
 */
export function share<E extends Record<keyof E, unknown[]>>(
	news: News,
	name: string,
	emitter: EventEmitter,
	events: readonly (keyof E & string)[],
	before: (emitted: EmittedEvent<E>) => void = () => undefined,
): void {
	for (const event of events) {
		const topic = `${name}.${event}`;
		/** Whether the event that is emitted at this moment comes from another node. */
		let isFromOtherNode = false;
		emitter.on(event, (...args: unknown[]) => {
			if (!isFromOtherNode) news.tell(topic, ...args);
		});
		news.listen(topic, (args) => {
			isFromOtherNode = true;
			try {
				before({ event, args } as EmittedEvent<E>);
				emitter.emit(event, ...args);
			} finally {
				isFromOtherNode = false;
			}
		});
	}
}
