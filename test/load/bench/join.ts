import { joinTrial } from '../joinTrial.ts';
import { spreadGoal, trialBenchmark } from './trialBenchmark.ts';

export const join = trialBenchmark(
	'Join: from the click to the first picture',
	joinTrial,
	(own) => [
		spreadGoal(own, 'Join to the first picture', 'picture in the tile', 0.5, 100),
		spreadGoal(own, 'Join to the first picture', 'picture in the tile', 0.95, 200),
	],
);
