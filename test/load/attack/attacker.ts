/**
 * A process that carries out one attack: `attacker.ts URL NAME MS`, or keeps a share of a core busy and says nothing to
 * anybody: `attacker.ts URL share:0.5 MS`. Says `ready`, begins when it is told anything, ends by itself, and says how often it
 * did it and what share of a core that took.
 */
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { attacks } from './attacks.ts';

const [url = '', name = '', ms = '0'] = process.argv.slice(2);

// What happens to an attacker is nobody's loss.
process.on('unhandledRejection', () => undefined);
process.on('disconnect', () => process.exit(0));

async function burn(share: number, end: number): Promise<void> {
	const slice = 10;
	while (Date.now() < end) {
		const until = performance.now() + slice * share;
		while (performance.now() < until) Math.sqrt(until);
		await pause(slice * (1 - share));
	}
}

const begins = async () => {
	const begun = once(process, 'message');
	process.send?.('ready');
	await begun;
	before = process.cpuUsage();
	return Date.now() + Number(ms);
};

let count = 0;
let before = process.cpuUsage();
if (name.startsWith('share:')) {
	await burn(Math.min(1, Number(name.slice('share:'.length))), await begins());
} else {
	const attack = attacks[name];
	if (!attack) throw new Error(`there is no attack called ${name}`);
	const again = await attack.prepare(url);
	const end = await begins();
	const lane = async () => {
		while (Date.now() < end) {
			await again().catch(() => pause(20));
			count++;
		}
	};
	await Promise.race([
		Promise.all(Array.from({ length: attack.abreast }, lane)),
		pause(Number(ms) + 500),
	]);
}
const { user, system } = process.cpuUsage(before);
const share = (user + system) / 1000 / Number(ms);
process.send?.({ count, share }, () => process.exit(0));
