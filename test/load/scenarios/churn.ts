import { pause } from '../bots/patience.ts';
import type { Scenario } from './scenario.ts';

/** How long a bot stays, and how long it is away, in ms. */
const stay = { least: 4000, most: 12_000 } as const;
const away = 1000;

export const churn: Scenario = {
	about: 'Everybody sends to everybody, leaves after 4 to 12 s and comes again a second later.',
	meets: 'rooms',
	devices: () => ({ microphone: true, camera: true }),
	steady: false,
	async act(bot, signal) {
		while (!signal.aborted) {
			await pause(stay.least + Math.random() * (stay.most - stay.least), signal);
			if (signal.aborted) return;
			bot.leave();
			await pause(away, signal);
			await bot.join();
		}
	},
};
