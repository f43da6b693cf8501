import { pause } from '../bots/patience.ts';
import type { Scenario } from './scenario.ts';

/** How long each one talks, and how long the silence after it lasts, in ms. */
const turn = { talk: 2000, silence: 500 } as const;

export const talkers: Scenario = {
	about: 'All cameras are on; each bot turns its microphone on for two seconds, now and then.',
	meets: 'rooms',
	devices: () => ({ microphone: false, camera: true }),
	steady: false,
	async act(bot, signal) {
		while (!signal.aborted) {
			await pause(Math.random() * 4 * (turn.talk + turn.silence), signal);
			if (signal.aborted) return;
			await bot.turn('microphone', true);
			await pause(turn.talk, signal);
			await bot.turn('microphone', false);
			await pause(turn.silence, signal);
		}
	},
};
