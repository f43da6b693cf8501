import { callTrial } from '../callTrial.ts';
import { stepGoal, trialBenchmark } from './trialBenchmark.ts';

export const call = trialBenchmark(
	'Call: from Accept until both see each other',
	callTrial,
	(own) => [
		stepGoal(own, 'Accept until both see each other', 'both see each other', 0.5, 250),
		stepGoal(own, 'Accept until both see each other', 'both see each other', 0.95, 500),
	],
);
