import type { Browser, Page } from 'playwright';
import { newRoomId } from '../../../shared/ids.ts';
import { Person } from '../../support/browser.ts';
import { evidenceOf, pictured, timesOf, watchPictures } from '../pictureWatch.ts';
import type { MeasuredService } from '../processes.ts';
import type { Outcome, TrialKind } from '../trial.ts';

/** How long the one who sends is given before another one comes, in ms. */
const settling = 1500;

/** Runs in the page before its own scripts: presses Join as soon as there is a button that can be pressed. */
function pressAtOnce(): void {
	const press = (): void => {
		const button = [...document.querySelectorAll('button')].find(
			({ textContent, disabled }) => textContent?.trim() === 'Join' && !disabled,
		);
		if (!button) return void requestAnimationFrame(press);
		performance.mark('parley:press');
		button.click();
	};
	requestAnimationFrame(press);
}

const steps = ['first picture after the address', 'picture in the tile'] as const;

/** Opens the address in a browser that knows the site, and waits for the picture. */
async function openAndJoin(
	page: Page,
	address: string,
	stuck: (seen: Awaited<ReturnType<typeof pictured>>) => Promise<Outcome>,
): Promise<Outcome> {
	await page.goto(address, { waitUntil: 'commit' });
	const seen = await pictured(page);
	const { press } = seen.marks;
	if (seen.inTile === null || press === undefined) return stuck(seen);
	const times = {
		...timesOf({ ...seen, began: press }, ['first-frame']),
		'first picture after the address': seen.inTile,
	};
	await page.goto('about:blank');
	return { times, unmarked: seen.marks['first-frame'] === undefined };
}

const kind = {
	runs: 'joins',
	after: 'the press on Join',
	steps,
	// Two: the browser keeps compiled code of a script that it has seen twice.
	warmUps: 2,
	seconds: { run: 5, preparation: 60 },
	block: 1,
	browsers: 2,
} satisfies Partial<TrialKind>;

/** One who comes to the address again and again, whose browser has been there before. */
async function visitor(browser: Browser, baseURL: string): Promise<Person> {
	const person = await Person.open(browser, 'Joiner', { baseURL });
	await watchPictures(person, ['Sender']);
	await person.context.addInitScript(pressAtOnce);
	await person.context.addInitScript((name) => {
		if (location.protocol !== 'about:')
			localStorage['parley:preferences'] ??= JSON.stringify({ name });
	}, person.name);
	return person;
}

/**
 * From a press on Join in the first moment in which the page of a room can take it, to the picture: nothing was built in the
 * lobby. The name is known from before.
 */
export const coldTrial: TrialKind = {
	...kind,
	async prepare(service, [there, arriving]) {
		if (!there || !arriving) throw new Error('two browsers are needed');
		const roomId = newRoomId();
		const sender = await Person.open(there, 'Sender', { baseURL: service.url });
		await sender.toLobby(roomId);
		await sender.join();
		const receiver = await visitor(arriving, service.url);
		return {
			run: () =>
				openAndJoin(receiver.page, `/room/${roomId}`, async (seen) => ({
					missed: await evidenceOf(seen, { receiver, sender }, service.media),
				})),
			close: async () => {
				await receiver.close();
				await sender.close();
			},
		};
	},
};

/** The same with the bare page, whose sender comes for each run: nobody tells it to send less while nobody watches. */
export const bareTrial: TrialKind = {
	...kind,
	async prepare(service, [there, arriving]) {
		if (!there || !arriving) throw new Error('two browsers are needed');
		const receiver = await visitor(arriving, service.url);
		return {
			run: () => bareJoin(there, receiver, service),
			close: () => receiver.close(),
		};
	},
};

async function bareJoin(
	there: Browser,
	receiver: Person,
	service: MeasuredService,
): Promise<Outcome> {
	const sender = await Person.open(there, 'Sender', { baseURL: service.url });
	try {
		await sender.page.goto('/#send');
		await sender.page.getByRole('button', { name: 'Join' }).click();
		await sender.page.waitForFunction(() => performance.getEntriesByName('parley:sent').length > 0);
		await sender.page.waitForTimeout(settling);
		return await openAndJoin(receiver.page, '/', async (seen) => ({
			missed: await evidenceOf(seen, { receiver, sender }, service.media),
		}));
	} finally {
		await sender.close();
	}
}
