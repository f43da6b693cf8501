import { Certificate, MediaLeg } from '../../wire/mediaLeg.ts';
import type { ToReceivers } from './stillReceivers.ts';

// The process of `StillReceivers`: connects legs, and does nothing at all for as long as it is told to.

const legs: MediaLeg[] = [];
const never = new Int32Array(new SharedArrayBuffer(4));

async function carryOut(message: ToReceivers): Promise<void> {
	if ('connect' in message) {
		const leg = new MediaLeg(message.connect, Certificate.in(message.folder));
		legs.push(leg);
		await leg.connect();
		process.send?.('done');
		return;
	}
	for (const leg of legs) leg.prove();
	process.send?.('done', () => Atomics.wait(never, 0, 0, message.standStill));
}

process.on('message', (message: ToReceivers) => void carryOut(message));
process.on('disconnect', () => process.exit());
