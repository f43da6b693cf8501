import { allToAll } from './allToAll.ts';
import { chatStorm } from './chatStorm.ts';
import { churn } from './churn.ts';
import { oneToMany } from './oneToMany.ts';
import type { Scenario } from './scenario.ts';
import { talkers } from './talkers.ts';

/** All scenarios, by the name that `--scenario` takes. */
export const scenarios = {
	'all-to-all': allToAll,
	'one-to-many': oneToMany,
	churn,
	talkers,
	'chat-storm': chatStorm,
} as const satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof scenarios;
