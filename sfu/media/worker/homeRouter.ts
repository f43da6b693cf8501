import type { Consumer, Router, Transport } from 'mediasoup/types';
import type { Placed } from './placed.ts';

/** The place of a peer on a router: its transports are made there. */
export type RouterPlace = {
	home: HomeRouter;
	/** Gives the place back; to be called once. */
	release: () => void;
};

/** A mediasoup router on which peers have their transports, the worker that it is on, and how much it does. */
export class HomeRouter {
	readonly router: Router;
	readonly placed: Placed;
	#peers = 0;
	#flowing = 0;

	constructor(router: Router, placed: Placed) {
		this.router = router;
		this.placed = placed;
		router.observer.on('newtransport', (transport: Transport) =>
			transport.observer.on('newconsumer', (consumer) => this.#count(consumer)),
		);
	}

	/** Peers with a place here. */
	get peers(): number {
		return this.#peers;
	}

	/** Consumers that forward something now, those of pipes to other routers included. */
	get flowing(): number {
		return this.#flowing;
	}

	/**
	 * Gives one more peer a place.
	 *
	 * @throws {CodedError} LIMIT_REACHED when as many peers are on the worker as it carries (MEDIA-20).
	 */
	addPeer(): RouterPlace {
		const leaveWorker = this.placed.addPeer();
		this.#peers++;
		const release = () => {
			this.#peers--;
			leaveWorker();
		};
		return { home: this, release };
	}

	#count(consumer: Consumer): void {
		let flows = false;
		const note = (now: boolean) => {
			if (now !== flows) this.#flowing += now ? 1 : -1;
			flows = now;
		};
		note(!consumer.paused && !consumer.producerPaused);
		consumer.observer.on('pause', () => note(false));
		consumer.observer.on('resume', () => note(true));
		consumer.observer.once('close', () => note(false));
	}
}
