import type { Bot, BotPlan } from '../bots/bot.ts';

/** What bots do. A scenario is one file here, listed in `scenarios.ts`. */
export type Scenario = {
	/** In one sentence, for `--help` and the documentation. */
	about: string;
	/** Which devices are on from the beginning, at this place of the room, from 0 on. */
	devices(place: number): BotPlan['page']['on'];
	/** Whether everybody stays inside with the same devices, so that it is known from whom something has to come. */
	steady: boolean;
	/** What a bot does while the load is on. Ends when the signal is aborted. Without, it stays and listens. */
	act?(bot: Bot, signal: AbortSignal): Promise<void>;
};
