import { pause } from '../bots/patience.ts';
import type { Scenario } from './scenario.ts';

/** From one message of a bot to its next, in ms. */
const rhythm = 1000;

export const chatStorm: Scenario = {
	about: 'Everybody is in the call without devices and writes a message a second.',
	meets: 'rooms',
	devices: () => ({ microphone: false, camera: false }),
	steady: true,
	async act(bot, signal) {
		const post = await bot.openChat();
		await pause(Math.random() * rhythm, signal);
		for (let count = 1; !signal.aborted; count++) {
			post(`Message ${count} of the load, about as long as people write,`);
			await pause(rhythm, signal);
		}
	},
};
