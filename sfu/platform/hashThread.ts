import type { ScryptOptions } from 'node:crypto';
import { Worker } from 'node:worker_threads';

export type HashInput = {
	password: string;
	salt: Uint8Array;
	length: number;
	options: ScryptOptions;
};

/** What the thread answers: the key and how many ms of a core it took, or what went wrong. */
export type HashAnswer = { key: Uint8Array; ms: number } | { failure: string };

type Pending = { resolve(made: { key: Buffer; ms: number }): void; reject(error: Error): void };

/** The one thread of this process for slow hashes. It starts with the first hash, and keeps no process alive. */
let thread: { worker: Worker; pending: Pending[] } | null = null;

function start(): NonNullable<typeof thread> {
	const worker = new Worker(new URL('./hashWorker.ts', import.meta.url));
	const pending: Pending[] = [];
	const started = { worker, pending };
	worker.on('message', (answer: HashAnswer) => {
		const oldest = pending.shift();
		if (pending.length === 0) worker.unref();
		if ('failure' in answer) oldest?.reject(new Error(answer.failure));
		else oldest?.resolve({ key: Buffer.from(answer.key), ms: answer.ms });
	});
	const onEnded = (error: Error) => {
		if (thread === started) thread = null;
		for (const { reject } of pending.splice(0)) reject(error);
	};
	worker.on('error', (error) => onEnded(error instanceof Error ? error : new Error(String(error))));
	worker.on('exit', () => onEnded(new Error('the thread for hashes has ended')));
	return started;
}

/**
 * A key by scrypt, made in a thread of low priority: media and signalling come first wherever cores are few.
 *
 * @returns the key, and how many ms of a core it took.
 */
export function deriveKey(input: HashInput): Promise<{ key: Buffer; ms: number }> {
	return new Promise((resolve, reject) => {
		thread ??= start();
		thread.pending.push({ resolve, reject });
		thread.worker.ref();
		thread.worker.postMessage(input);
	});
}
