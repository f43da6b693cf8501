import { allToAll } from './allToAll.ts';
import { chatStorm } from './chatStorm.ts';
import { churn } from './churn.ts';
import { nextStorm } from './nextStorm.ts';
import { oneToMany } from './oneToMany.ts';
import type { Scenario } from './scenario.ts';
import { share } from './share.ts';
import { talkers } from './talkers.ts';
import { webinar } from './webinar.ts';

/** All scenarios, by the name that `--scenario` takes. */
export const scenarios = {
	'all-to-all': allToAll,
	'one-to-many': oneToMany,
	churn,
	talkers,
	share,
	webinar,
	'chat-storm': chatStorm,
	'next-storm': nextStorm,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
