import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../childEnvironment.ts';
import type { Command } from '../networkNamespace.ts';

/** What the relay is started with: it listens where the service says, on the same port. */
export type RelayStart = { port: number; announced: string; listened: string };

/** What it is told, by the address of the person. */
export type RelayOrder =
	| { kind: 'delay'; address: string; delay: number; jitter: number }
	| { kind: 'new ports'; address: string };

/** Kernels without `netem` delay nothing: this process does it for what goes over UDP. */
export class LineRelay {
	readonly #child: ChildProcess;

	private constructor(child: ChildProcess) {
		this.#child = child;
	}

	static async start(start: RelayStart, within: Command): Promise<LineRelay> {
		const file = fileURLToPath(new URL('./relay.ts', import.meta.url));
		const child = spawn(...within(process.execPath, [file, JSON.stringify(start)]), {
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
			env: childEnvironment,
		});
		await once(child, 'message');
		return new LineRelay(child);
	}

	/**
	 * Each packet of this person, in both directions, comes so many ms later, and up to `jitter` ms more, each by itself: so
	 * they overtake each other.
	 */
	delay(address: string, delay: number, jitter: number): Promise<void> {
		return this.#order({ kind: 'delay', address, delay, jitter });
	}

	/** The person's packets come from other ports from now on, and what is sent to the old ones is lost. */
	newPorts(address: string): Promise<void> {
		return this.#order({ kind: 'new ports', address });
	}

	async close(): Promise<void> {
		const ended = once(this.#child, 'close');
		this.#child.kill('SIGTERM');
		await ended;
	}

	async #order(order: RelayOrder): Promise<void> {
		const done = once(this.#child, 'message');
		this.#child.send(order);
		await done;
	}
}
