import type { NextBot } from '../bots/nextBot.ts';
import type { RoomBot } from '../bots/roomBot.ts';

type Common = {
	/** In one sentence, for `--help` and the documentation. */
	about: string;
	/** Which devices are on from the beginning, at this place of the room, from 0 on; and who shares a screen while the load is on. */
	devices(place: number): { microphone: boolean; camera: boolean; screen?: boolean };
	/** Whether everybody stays, and what is on from the beginning stays on, so that it is known from whom something has to come. */
	steady: boolean;
};

/** What bots do. A scenario is one file here, listed in `scenarios.ts`. */
export type Scenario = Common &
	(
		| {
				meets: 'rooms';
				/** What a bot does while the load is on. Ends when the signal is aborted. Without, it stays and listens. */
				act?(bot: RoomBot, signal: AbortSignal): Promise<void>;
		  }
		/** All bots are strangers to each other, who meet in pairs. */
		| { meets: 'strangers'; act(bot: NextBot, signal: AbortSignal): Promise<void> }
	);
