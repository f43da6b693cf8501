import type { BotPlan } from './botRecord.ts';
import type { BotReport } from './botReport.ts';
import type { ScenarioName } from '../scenarios/scenarios.ts';

/** A bot, and how long after `join` it begins, in ms. */
export type PlannedBot = { plan: BotPlan; after: number };

/** What the tool says to a process of bots. */
export type ToBots =
	/** These are the bots of the process. It says `ready` when their code is loaded. */
	| { kind: 'bots'; scenario: ScenarioName; bots: PlannedBot[] }
	| { kind: 'join' }
	/** All are inside: the load is on. */
	| { kind: 'begin' }
	/**
	 * The load is over: each bot tells what came of it. `settling`: how long bots that miss something wait for it before, in ms.
	 */
	| { kind: 'end'; settling: number }
	/** All processes have told: nobody is waited for any more. */
	| { kind: 'leave' };

/** How the bots of one process are now. */
export type Progress = { joined: number; settled: number; errors: number; bytes: number };

/** What a process of bots says. */
export type FromBots =
	| { kind: 'no-webrtc' }
	| { kind: 'ready' }
	| ({ kind: 'progress' } & Progress)
	/** `cpu`: what the process took of a core since it was told to begin, in ms. */
	| { kind: 'left' }
	| { kind: 'reports'; reports: BotReport[]; cpu: number };
