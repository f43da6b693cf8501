import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Person } from '../support/browser.ts';
import {
	looking,
	openNext,
	press,
	pressStart,
	startNext,
	startTogether,
} from '../support/matchPage.ts';
import { startService } from '../support/service.ts';

// Everybody on this page can meet everybody: one test after the other.
test.describe.configure({ mode: 'serial' });

const log = ({ page }: Person) => page.getByRole('log', { name: 'Messages' });

async function write(person: Person, words: string): Promise<void> {
	await person.page.getByRole('textbox', { name: 'Message' }).fill(words);
	await person.page.keyboard.press('Enter');
}

test('MATCH-8: three people: two see each other, Next brings the third, and who was left waits', async ({
	person,
}) => {
	const [ann, ben, cyd] = await Promise.all([person('Ann'), person('Ben'), person('Cyd')]);
	await Promise.all([ann, ben, cyd].map((each) => openNext(each)));
	await pressStart(ann);
	await expect(looking(ann)).toBeVisible();
	await pressStart(ben);
	await Promise.all([ann.seesMoving('Ben'), ben.seesMoving('Ann')]);
	// It begins with the smallest picture and becomes as large as it is shown.
	const width = () =>
		ann
			.tile('Ben')
			.locator('video')
			.evaluate((video: HTMLVideoElement) => video.videoWidth);
	await expect.poll(width).toBe(640);
	await pressStart(cyd);
	await expect(looking(cyd)).toBeVisible();
	// A letter turns the camera off, and the other one is told in words.
	await ann.page.keyboard.press('v');
	await expect(ben.tile('Ann')).toContainText('Camera off');
	await ann.page.keyboard.press('v');
	await expect(ben.tile('Ann')).not.toContainText('Camera off');
	// Escape closes things everywhere else: it is asked for twice.
	await ann.page.keyboard.press('Escape');
	await expect(ann.status).toHaveText('Press Escape again to move on.');
	await expect(ann.tile('Ben')).toBeVisible();
	await ann.page.keyboard.press('Escape');
	await Promise.all([ann.seesMoving('Cyd'), cyd.seesMoving('Ann')]);
	await expect(looking(ben)).toBeVisible();
	await expect(ben.status).toHaveText('Your partner moved on.');
	// Whoever closes the tab frees the partner at once, who has met somebody else since they met the one who waits.
	await cyd.page.close();
	await Promise.all([ann.seesMoving('Ben'), ben.seesMoving('Ann')]);
	await ben.page.close();
	await expect(looking(ann)).toBeVisible();
	await expect(ann.status).toHaveText(/Your partner has left|The connection was lost/);
	await expect(ann.tile('Ben')).toHaveCount(0);
	await press(ann, 'Stop');
	await expect(ann.page.getByRole('button', { name: 'Start' })).toBeVisible();
});

test('MATCH-6: however soon Next is pressed again, the next one is seen', async ({ person }) => {
	const [ann, ben, cyd] = await Promise.all([person('Ann'), person('Ben'), person('Cyd')]);
	await startTogether('Video', ben, cyd);
	await press(ben, 'Block');
	await openNext(ann);
	await pressStart(ann);
	const partner = ann.page.getByTestId('tile').filter({ hasText: /Ben|Cyd/ });
	await expect(partner).toBeVisible();
	// Ann meets the two in turn. Before somebody is got ready, while they are, and after.
	for (const pause of [900, 50, 350, 450, 550, 700, 1_100, 0, 1_100]) {
		await ann.page.waitForTimeout(pause);
		await ann.page.keyboard.press('Escape');
		await ann.page.keyboard.press('Escape');
	}
	// The last face stays for a moment.
	await ann.page.waitForTimeout(1_000);
	await expect(partner).toHaveCount(1);
	const met = (await partner.textContent())?.includes('Ben') ? ben : cyd;
	await Promise.all([ann.seesMoving(met.name), met.seesMoving('Ann')]);
	await expect(looking(met === ben ? cyd : ben)).toBeVisible();
});

test('MATCH-10: they write to each other, both keep, and find the chat', async ({ person }) => {
	const [ann, ben] = await Promise.all([person('Ann'), person('Ben')]);
	await startTogether('Text only', ann, ben);
	await write(ann, 'Hello Ben');
	await expect(log(ben)).toContainText('Hello Ben');
	await ben.page.getByRole('textbox', { name: 'Message' }).fill('Hello Ann');
	await press(ben, 'Send');
	await expect(log(ann)).toContainText('Hello Ann');
	await press(ann, 'Keep');
	await expect(ben.status).toContainText('wants to stay in touch');
	await press(ben, 'Keep');
	for (const each of [ann, ben]) await expect(each.status).toContainText("You're contacts now");
	await ben.page.close();
	await ann.page.goto('/people');
	// The name they met under is theirs here too: nobody is asked for it again.
	await ann.page.getByRole('button', { name: /Ben/ }).first().click();
	await expect(ann.page.getByText('Hello Ann')).toBeVisible();
});

test('MATCH-11: a report and a block take two presses, and the two do not meet again', async ({
	person,
}) => {
	const [ann, ben, cyd] = await Promise.all([person('Ann'), person('Ben'), person('Cyd')]);
	const opened = openNext(cyd, 'Text only');
	await startTogether('Text only', ann, ben);
	await press(ann, 'Report');
	await ann.page.getByRole('radio', { name: 'Spam or scams' }).check();
	await press(ann, 'Send report');
	await expect(ann.page.getByRole('dialog')).toHaveCount(0);
	await expect(ann.status).toHaveText('Report sent. Thank you.');
	await expect(looking(ann)).toBeVisible();
	await expect(looking(ben)).toBeVisible();
	await expect(ben.status).toHaveText('Your partner moved on.');
	await opened;
	await pressStart(cyd);
	// Ann was queued first, for it was she who went on.
	await expect(cyd.tile('Ann')).toBeVisible();
	await expect(looking(ben)).toBeVisible();
	await press(cyd, 'Next');
	await expect(cyd.tile('Ben')).toBeVisible();
	await expect(looking(ann)).toBeVisible();
	// Whoever has left can be blocked still.
	await press(cyd, 'Stop');
	await expect(looking(ben)).toBeVisible();
	await press(ben, 'Block');
	await pressStart(cyd);
	await expect(cyd.tile('Ann')).toBeVisible();
	await expect(looking(ben)).toBeVisible();
});

test('MATCH-12: a report is about whom it was begun about, whoever comes meanwhile', async ({
	person,
}) => {
	const service = await startService();
	try {
		const there = { baseURL: service.url };
		const [ann, ben] = await Promise.all([person('Ann', there), person('Ben', there)]);
		const cyd = await person('Cyd', there);
		await Promise.all([startTogether('Text only', ann, ben), openNext(cyd, 'Text only')]);
		await write(ben, 'Buy umbrellas');
		await expect(log(ann)).toContainText('Buy umbrellas');
		await press(ann, 'Report');
		await ann.page.getByRole('radio', { name: 'Spam or scams' }).check();
		await press(ben, 'Stop');
		await pressStart(cyd);
		await expect(cyd.tile('Ann')).toBeVisible();
		await press(ann, 'Send report');
		await expect(ann.page.getByRole('dialog')).toHaveCount(0);
		await expect(ann.tile('Cyd')).toBeVisible();
		const { moderation } = service.app.store;
		const [first] = await moderation.reports('open', null, 50);
		expect(first).toMatchObject({ reported: { name: 'Ben' } });
		expect(first && (await moderation.chatOf(first.reportId))).toMatchObject([
			{ by: 'reported', body: 'Buy umbrellas' },
		]);
		// Escape that takes back a character that is being picked is not meant for the partner.
		const field = ann.page.getByRole('textbox', { name: 'Message' });
		const escape = (isComposing: boolean) =>
			field.dispatchEvent('keydown', { key: 'Escape', isComposing });
		await escape(true);
		await write(ann, 'Hello Cyd');
		await expect(log(cyd)).toContainText('Hello Cyd');
		await escape(false);
		await escape(false);
		await expect(looking(cyd)).toBeVisible();
		// Whoever flees from somebody by Stop can report them still.
		await press(ann, 'Stop');
		await press(ann, 'Report your last partner');
		await ann.page.getByRole('radio', { name: 'Other' }).check();
		await press(ann, 'Send report');
		await expect(ann.page.getByText('Report sent.')).toBeVisible();
		const [last] = await moderation.reports('open', null, 50);
		expect(last).toMatchObject({ reported: { name: 'Cyd' } });
		expect(last && (await moderation.chatOf(last.reportId))).toMatchObject([
			{ by: 'reporter', body: 'Hello Cyd' },
		]);
	} finally {
		await service.close();
	}
});

test('MATCH-7: a page that the browser kept whole begins anew when it is shown again', async ({
	person,
}) => {
	const ann = await person('Ann');
	await startNext(ann, 'Text only');
	await expect(looking(ann)).toBeVisible();
	await ann.page.evaluate(() => {
		for (const type of ['pagehide', 'pageshow'])
			window.dispatchEvent(new PageTransitionEvent(type, { persisted: true }));
	});
	await expect(ann.page.getByRole('button', { name: 'Start' })).toBeEnabled();
});

test('MATCH-14: those who are together when the server starts anew meet again by themselves', async ({
	person,
}) => {
	const dir = await mkdtemp(join(tmpdir(), 'parley-again-'));
	const first = await startService({ data: { dir } });
	const there = { baseURL: first.url };
	const [ann, ben] = await Promise.all([person('Ann', there), person('Ben', there)]);
	await startTogether('Video', ann, ben);
	await ann.seesMoving('Ben');
	await first.app.close();
	await expect(looking(ann)).toBeVisible();
	await expect(ann.page.getByText('Connection lost. Reconnecting…')).toBeVisible();
	const again = await startService({
		data: { dir },
		http: { port: Number(new URL(first.url).port) },
	});
	try {
		await Promise.all([ann.seesMoving('Ben'), ben.seesMoving('Ann')]);
		await expect(ann.page.getByText('Connection lost. Reconnecting…')).toBeHidden();
	} finally {
		await again.close();
	}
});

test('a text client that asks by HTTP meets a person on the web', async ({ person, request }) => {
	const ask = async (what: string, data: object) =>
		(await request.post(`/api/match/${what}`, { data })).json();
	await request.get('/api/session');
	await ask('start', { mode: 'text', name: 'Script', agree: 1 });
	const ann = await person('Ann');
	await startNext(ann, 'Text only');
	await expect(ann.tile('Script')).toBeVisible();
	await ask('send', { body: 'Hello from a script' });
	await expect(ann.page.getByRole('log', { name: 'Messages' })).toContainText(
		'Hello from a script',
	);
	await ann.page.getByRole('textbox', { name: 'Message' }).fill('Hello script');
	await ann.page.keyboard.press('Enter');
	await expect
		.poll(async () => JSON.stringify(await ask('receive', { after: 0, wait: 0 })))
		.toContain('Hello script');
	await ask('disconnect', {});
	await expect(looking(ann)).toBeVisible();
});

test('what was chosen is there after a reload, in the start state', async ({ person }) => {
	const ann = await person('Ann');
	await openNext(ann);
	const { page } = ann;
	// Pressed while the other way of meeting is still being prepared.
	await page.getByRole('radio', { name: 'Text only' }).check();
	await page.getByRole('textbox', { name: 'Interests (optional)' }).fill('Chess, tea');
	await page.getByRole('combobox', { name: 'Language' }).selectOption({ value: 'de' });
	await press(ann, 'Start');
	await expect(looking(ann)).toBeVisible();
	await page.reload();
	await expect(page.getByRole('button', { name: 'Start' })).toBeEnabled();
	await expect(page.getByRole('radio', { name: 'Text only' })).toBeChecked();
	await expect(page.getByRole('textbox', { name: 'Interests (optional)' })).toHaveValue(
		'Chess, tea',
	);
	await expect(page.getByRole('combobox', { name: 'Language' })).toHaveValue('de');
	await expect(page.getByText('You agreed to the rules.')).toBeVisible();
});
