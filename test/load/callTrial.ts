import type { Browser } from 'playwright';
import { newRoomId } from '../../shared/ids.ts';
import { Person } from '../support/browser.ts';
import { acceptButton, acquaint, hangUp, ring, ringing } from '../support/knowing.ts';
import { armed, evidenceOf, timesOf, watchPictures } from './pictureWatch.ts';
import type { MeasuredService } from './processes.ts';
import type { Outcome, TrialKind } from './trial.ts';

/** What the page of the one who is called marks, in the order in which it comes. */
const marks = ['join-sent', 'join-answered', 'consumers-built', 'resumed', 'first-frame'] as const;

/** How long it rings before it is accepted, in ms: a person needs longer. */
const patience = 2000;
/** From one call to the next, in ms: nobody may call the same person more than six times a minute. */
const pause = 5500;

/** One call, until it was hung up. */
async function call(caller: Person, callee: Person, { media }: MeasuredService): Promise<Outcome> {
	await ring(caller, callee);
	await ringing(callee, caller).waitFor();
	await caller.page.waitForTimeout(patience);
	// Looking for elements takes time from what is measured: nothing is asked of the pages from here on until it is done.
	const [theirs, ours] = await Promise.all([
		armed(callee.page, 'accept'),
		armed(caller.page, null),
	]);
	await acceptButton(callee, caller).click();
	const [seen, back] = await Promise.all([theirs(), ours()]);
	if (seen.inTile === null)
		return { missed: await evidenceOf(seen, { receiver: callee, sender: caller }, media) };
	if (back.inTile === null)
		return { missed: await evidenceOf(back, { receiver: caller, sender: callee }, media) };
	const times = timesOf(seen, marks);
	const there = seen.inTile - seen.began;
	// Each page has a clock of its own; both begin at a time of the machine's.
	const here = back.origin + back.inTile - (seen.origin + seen.began);
	times['callee sees caller'] = there;
	times['caller sees callee'] = here;
	times['both see each other'] = Math.max(there, here);
	return { times, unmarked: seen.marks['first-frame'] === undefined };
}

/** From the press on Accept until both see each other: two in a browser each call each other in turn. */
export const callTrial: TrialKind = {
	runs: 'calls',
	after: 'the press on Accept',
	steps: [...marks, 'callee sees caller', 'caller sees callee', 'both see each other'],
	warmUps: 2,
	seconds: { run: 7, preparation: 60 },
	block: 1,
	browsers: 2,
	async prepare(service, [one, other]: readonly Browser[]) {
		if (!one || !other) throw new Error('two browsers are needed');
		const ann = await Person.open(one, 'Ann', { baseURL: service.url });
		const ben = await Person.open(other, 'Ben', { baseURL: service.url });
		await watchPictures(ann, [ben.name]);
		await watchPictures(ben, [ann.name]);
		await acquaint(newRoomId(), ann, ben);
		let [caller, callee] = [ann, ben];
		let last = -Infinity;
		return {
			run: async () => {
				await ann.page.waitForTimeout(Math.max(0, last + pause - performance.now()));
				last = performance.now();
				const outcome = await call(caller, callee, service);
				await hangUp(callee, caller);
				[caller, callee] = [callee, caller];
				return outcome;
			},
			close: async () => {
				for (const person of [ann, ben]) await person.close();
			},
		};
	},
};
