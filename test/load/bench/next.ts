import { nextTrial } from '../nextTrial.ts';
import { stepGoal, trialBenchmark } from './trialBenchmark.ts';

export const next = trialBenchmark('Next: from the press to the next picture', nextTrial, (own) => [
	stepGoal(own, 'Next to the first picture', 'first-frame', 0.5, 100),
]);
