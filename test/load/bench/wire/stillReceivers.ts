import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Remote } from '../../wire/mediaLeg.ts';

const program = fileURLToPath(new URL('./stillReceiversProcess.ts', import.meta.url));

/** How long its process may take for an answer, in ms. */
const patience = 60_000;

export type ToReceivers = { connect: Remote; folder: string } | { standStill: number };

/**
 * Receivers in a process of their own, which stands still while the media engine works: their packets end in the buffers of
 * the system, so that reading them takes no core from it.
 */
export class StillReceivers {
	readonly #child: ChildProcess;

	constructor() {
		const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
		this.#child = spawn(process.execPath, [program], { stdio: [...stdio] });
	}

	/** Adds a receiver. The engine must know the fingerprint of the certificate by then. */
	connect(remote: Remote, folder: string): Promise<void> {
		const { iceParameters, iceCandidates } = remote;
		return this.#ask({ connect: { iceParameters, iceCandidates }, folder });
	}

	/** Has every path proved, and stands still for so many ms: less than the engine waits for a sign of life. */
	standStill(ms: number): Promise<void> {
		return this.#ask({ standStill: ms });
	}

	close(): void {
		this.#child.kill('SIGKILL');
	}

	async #ask(message: ToReceivers): Promise<void> {
		const answer = once(this.#child, 'message', { signal: AbortSignal.timeout(patience) });
		this.#child.send(message);
		await answer;
	}
}
