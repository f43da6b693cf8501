import { joinTrial, joinTrialBeside } from '../joinTrial.ts';
import { percentile } from '../percentiles.ts';
import { serviceOf } from '../processes.ts';
import { alternate, Contender } from './alternate.ts';
import { bareService } from './bare/bareService.ts';
import type { Benchmark } from './benchmark.ts';
import { botsInside } from './botsInside.ts';
import { bareTrial, coldTrial } from './coldTrials.ts';
import type { Goal } from './report.ts';
import {
	boundFor,
	browsersFor,
	findingsOf,
	revisionsOf,
	stepGoal,
	trialBenchmark,
} from './trialBenchmark.ts';

const last = 'picture in the tile';

function ratioGoal(what: string, own: Contender, bare: Contender, most: number): Goal {
	const [ours, theirs] = [own, bare].map(({ outcomes }) => percentile(outcomes.of(last), 0.5));
	const ratio = (ours ?? Number.NaN) / (theirs ?? Number.NaN);
	return { what, goal: `at most ${most}`, seen: ratio.toFixed(2), isMet: ratio <= most };
}

const definition =
	'Bare and cold: a script presses Join in the first frame in which the page has the button, in a browser that has been there before. What the page still has to load then is in the time.';

/** Only beside another revision: `join` has it beside a bare page. */
export const cold = trialBenchmark(
	'Join at once: from the address to the first picture',
	coldTrial,
);

/** Beside the one who sends from a page: eight are inside, and the ninth joins. */
export const joinEight = trialBenchmark(
	'Join a room of eight: from the click to the first picture',
	joinTrialBeside(({ url }, roomId) => botsInside(url, roomId, 7)),
	(own) => [stepGoal(own, 'Join with eight inside', last, 0.95, 250)],
);

const warmGoals = (warm: Contender): Goal[] => [
	stepGoal(warm, 'Join to the first picture, warm', last, 0.5, 100),
	stepGoal(warm, 'Join to the first picture, warm', last, 0.95, 200),
];

/**
 * Join by way of a lobby that is ready (warm), by a press in the first moment of the page (cold), and by such a press on a
 * page of bare mediasoup, in turns. With another revision: warm, of both.
 */
export const join: Benchmark = {
	title: 'Join: from the click to the first picture',
	compares: true,
	start(options) {
		const runs = options.isSmoke ? 2 : (options.runs ?? 20);
		let contenders: Contender[] = [];
		const kinds = options.against ? [joinTrial, joinTrial] : [bareTrial, coldTrial, joinTrial];
		return {
			bound: boundFor(kinds, runs, options),
			async work(measurement) {
				if (options.against)
					contenders = await revisionsOf(measurement, joinTrial, options.against);
				else {
					const browsers = await browsersFor(measurement, joinTrial.browsers);
					const service = await serviceOf(measurement);
					const bare = { ...(await bareService(measurement)), pid: 0, media: async () => [] };
					contenders = [
						new Contender('bare', bareTrial, bare, browsers),
						new Contender('cold', coldTrial, service, browsers),
						new Contender('warm', joinTrial, service, browsers),
					];
				}
				await alternate(measurement, contenders, runs);
			},
			findings() {
				const [bare, cold, warm] = contenders;
				if (bare && cold && warm) {
					const found = findingsOf(contenders, coldTrial, [
						...warmGoals(warm),
						ratioGoal('Join, cold, to that of a bare page', cold, bare, 1.25),
						ratioGoal('Join, warm, to a cold one of a bare page', warm, bare, 0.6),
					]);
					return { ...found, notes: [...found.notes, definition] };
				}
				return findingsOf(contenders, joinTrial, cold ? warmGoals(cold) : []);
			},
		};
	},
};
