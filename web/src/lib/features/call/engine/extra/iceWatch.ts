import type { Transport } from 'mediasoup-client/types';
import { note } from '#lib/browser/diagnostics.ts';
import { Backoff } from '#lib/connection/backoff.ts';

/** How long a disconnected path may take to recover before ICE is restarted, in ms. */
const grace = 3000;

/** Restarts ICE when the path of a transport is lost, until it is back. */
export class IceWatch {
	readonly #transport: Transport;
	readonly #restart: () => Promise<void>;
	readonly #backoff = new Backoff({ first: 4000, factor: 1.5, most: 15_000 });
	#graceTimer: ReturnType<typeof setTimeout> | null = null;
	#restarting = false;
	/** A restart was found to be needed, and has not come to the server yet. */
	#owed = false;
	#closed = false;

	/** @param restart Gets new credentials and applies them; throws where the server is not reached. */
	constructor(transport: Transport, restart: () => Promise<void>) {
		this.#transport = transport;
		this.#restart = restart;
		transport.on('connectionstatechange', () => this.#onState());
		this.check();
	}

	/** The server can be asked again: do now what could not be done. */
	check(): void {
		const state = this.#transport.connectionState;
		if (this.#owed || state === 'failed' || state === 'disconnected') void this.#attempt();
	}

	/** Nothing comes any more, whatever the browser says of the path, which it notices late. */
	suspect(): void {
		void this.#attempt();
	}

	close(): void {
		this.#closed = true;
		this.#calm();
	}

	#onState(): void {
		const { direction, connectionState } = this.#transport;
		note('media', 'transport', { direction, state: connectionState });
		switch (connectionState) {
			case 'failed':
				void this.#attempt();
				break;
			case 'disconnected':
				this.#graceTimer ??= setTimeout(() => {
					this.#graceTimer = null;
					void this.#attempt();
				}, grace);
				break;
			case 'connected':
				this.#calm();
				break;
			default:
		}
	}

	#calm(): void {
		if (this.#graceTimer !== null) clearTimeout(this.#graceTimer);
		this.#graceTimer = null;
		this.#owed = false;
		this.#backoff.reset();
	}

	async #attempt(): Promise<void> {
		if (this.#restarting || this.#closed) return;
		this.#restarting = true;
		this.#owed = true;
		note('media', 'restart of ICE', { direction: this.#transport.direction });
		try {
			await this.#restart();
			this.#owed = false;
		} catch {
			// The connection to the server is lost too, or the server has no time: tried again below.
		}
		this.#restarting = false;
		if (this.#closed || !this.#isLost) return;
		this.#backoff.schedule(() => {
			if (this.#isLost) void this.#attempt();
		});
	}

	get #isLost(): boolean {
		return this.#owed || this.#transport.connectionState !== 'connected';
	}
}
