import type { Browser } from 'playwright';
import { Person } from '../support/browser.ts';
import { startNext } from '../support/matchPage.ts';
import { armed, evidenceOf, timesOf, watchPictures } from './pictureWatch.ts';
import type { MeasuredService } from './processes.ts';
import type { Outcome, TrialKind } from './trial.ts';

/** How long the partner is looked at before the press, in ms: a person needs longer. */
const look = 1500;

const marks = ['next-answered', 'next-found', 'consumers-built', 'resumed'] as const;

/** Presses Next. The partner of the one who presses is each of the two others in turn. */
async function press(
	receiver: Person,
	partners: readonly Person[],
	{ media }: MeasuredService,
): Promise<Outcome> {
	const { page } = receiver;
	await page.waitForTimeout(look);
	const pictureCame = await armed(page, 'next');
	// The first press only asks for the second.
	await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
	const seen = await pictureCame();
	if (seen.marks['first-frame'] === undefined && seen.inTile === null) {
		const shown = await Promise.all(partners.map(({ name }) => receiver.tile(name).count()));
		const sender = partners[Math.max(0, shown.indexOf(1))] as Person;
		return { missed: await evidenceOf(seen, { receiver, sender }, media) };
	}
	return { times: timesOf(seen, marks), unmarked: seen.marks['first-frame'] === undefined };
}

/**
 * From the press on Next to the first picture of the next partner. Two in another browser wait in turn: they have blocked each
 * other, so that one of them always waits and never meets the other.
 */
export const nextTrial: TrialKind = {
	runs: 'presses',
	after: 'the press on Next',
	// The tile's video begins anew a moment before a picture of the next partner was presented: the mark is the stricter one.
	steps: [...marks, 'picture in the tile', 'first-frame'],
	warmUps: 2,
	seconds: { run: 3, preparation: 90 },
	block: 5,
	browsers: 2,
	async prepare(service, [pressing, waiting]: readonly Browser[]) {
		if (!pressing || !waiting) throw new Error('two browsers are needed');
		const ben = await Person.open(waiting, 'Ben', { baseURL: service.url });
		const cyd = await Person.open(waiting, 'Cyd', { baseURL: service.url });
		await startNext(ben);
		await startNext(cyd);
		await ben.seesMoving('Cyd');
		await ben.page.getByRole('button', { name: 'Block' }).click();
		const ann = await Person.open(pressing, 'Ann', { baseURL: service.url });
		await watchPictures(ann, [ben.name, cyd.name]);
		await startNext(ann);
		await ann.seesMoving('Ben').catch(() => ann.seesMoving('Cyd'));
		return {
			run: () => press(ann, [ben, cyd], service),
			close: async () => {
				for (const person of [ann, ben, cyd]) await person.close();
			},
		};
	},
};
