import { pause } from '../bots/patience.ts';
import type { RoomBot } from '../bots/roomBot.ts';
import type { Scenario } from './scenario.ts';

/** So many are on the stage from the beginning. */
const stage = 2;
/** In each turn one of the others raises the hand, waits, and is on the stage for a while; in ms. */
const turn = { all: 8000, wait: 2000, talk: 4000 } as const;
/** How long each one watches before another question, in ms. */
const silence = { least: 20_000, most: 60_000 } as const;

type Post = Awaited<ReturnType<RoomBot['openChat']>>;

/** Asks a question now and then. */
async function ask(post: Post, signal: AbortSignal): Promise<void> {
	while (!signal.aborted) {
		await pause(silence.least + Math.random() * (silence.most - silence.least), signal);
		if (!signal.aborted) post('A question, about as long as people ask,');
	}
}

/** Raises the hand, asks, and comes on the stage for an answer. */
async function visit(bot: RoomBot, post: Post, signal: AbortSignal): Promise<void> {
	await bot.raiseHand(true);
	post('May I ask something on the stage?');
	await pause(turn.wait, signal);
	const on = async (is: boolean) => {
		await bot.turn('camera', is);
		await bot.turn('microphone', is);
	};
	await on(true);
	await pause(turn.talk, signal);
	await on(false);
	await bot.raiseHand(false);
}

export const webinar: Scenario = {
	about:
		'Two of each room send, the others watch, ask in the chat, and come on the stage one after the other.',
	meets: 'rooms',
	devices: (place) => ({ microphone: place < stage, camera: place < stage }),
	steady: true,
	async act(bot, signal) {
		const { place } = bot.plan;
		const post = await bot.openChat();
		if (place < stage) return;
		const asking = ask(post, signal);
		await pause(turn.wait + (place - stage) * turn.all, signal);
		while (!signal.aborted) {
			await visit(bot, post, signal);
			// All who are here now come before the next time.
			const watching = bot.record.peers.size + 1 - stage;
			await pause(watching * turn.all - turn.wait - turn.talk, signal);
		}
		await asking;
	},
};
