import { callTrial } from '../callTrial.ts';
import { spreadGoal, trialBenchmark } from './trialBenchmark.ts';

export const call = trialBenchmark(
	'Call: from Accept until both see each other',
	callTrial,
	(own) => [
		spreadGoal(own, 'Accept until both see each other', 'both see each other', 0.5, 250),
		spreadGoal(own, 'Accept until both see each other', 'both see each other', 0.95, 500),
	],
);
