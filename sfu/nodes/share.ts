import type { EventEmitter } from 'node:events';
import type { News } from './news.ts';

/** One of these events with its arguments. */
type Heard<E> = { [K in keyof E]: { event: K; args: E[K] } }[keyof E];

/**
 * From now on what one node's emitter tells, those of all other nodes tell, too.
 *
 * @param name of the emitter among the nodes.
 * @param before is called before this node's emitter tells what another node told: for what this node has cached.
 */
export function share<E extends Record<keyof E, unknown[]>>(
	news: News,
	name: string,
	emitter: EventEmitter,
	events: readonly (keyof E & string)[],
	before: (heard: Heard<E>) => void = () => undefined,
): void {
	for (const event of events) {
		const topic = `${name}.${event}`;
		/** What is told at this moment comes from another node. */
		let isHeard = false;
		emitter.on(event, (...args: unknown[]) => {
			if (!isHeard) news.tell(topic, ...args);
		});
		news.hear(topic, (args) => {
			isHeard = true;
			try {
				before({ event, args } as Heard<E>);
				emitter.emit(event, ...args);
			} finally {
				isHeard = false;
			}
		});
	}
}
