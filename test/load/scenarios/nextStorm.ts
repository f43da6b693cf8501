import { pause } from '../bots/patience.ts';
import type { Scenario } from './scenario.ts';

/** How long a bot looks at a partner, in ms. */
const look = { least: 1000, most: 4000 } as const;

export const nextStorm: Scenario = {
	about:
		'All bots are strangers who meet by video; each presses Next after 1 to 4 s with a partner.',
	meets: 'strangers',
	devices: () => ({ microphone: true, camera: true }),
	steady: false,
	async act(bot, signal) {
		while (!signal.aborted) {
			await bot.met(signal);
			await pause(look.least + Math.random() * (look.most - look.least), signal);
			if (!signal.aborted) await bot.next();
		}
		bot.notePress();
	},
};
