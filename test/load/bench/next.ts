import { nextTrial } from '../nextTrial.ts';
import { spreadGoal, trialBenchmark } from './trialBenchmark.ts';

export const next = trialBenchmark('Next: from the press to the next picture', nextTrial, (own) => [
	spreadGoal(own, 'Next to the first picture', 'first-frame', 0.5, 100),
]);
