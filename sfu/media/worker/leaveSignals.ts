import type { Worker } from 'mediasoup/types';

/** mediasoup would close the worker at the first signal, in the middle of calls that go on while the service drains. */
export function leaveSignals(worker: Worker): void {
	if (!('onSignal' in worker)) return;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		const own = process.listeners(signal).find((listener) => listener === worker.onSignal);
		if (own) process.removeListener(signal, own);
	}
}
