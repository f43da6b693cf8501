import { expect, test, type Person } from '../support/browser.ts';
import { openNext, startNext } from '../support/matchPage.ts';

// Everybody on this page can meet everybody: one test after the other.
test.describe.configure({ mode: 'serial' });

const press = (person: Person, name: string) => person.page.getByRole('button', { name }).click();
const looking = (person: Person) => person.page.getByText('Looking for somebody…');

test('three people: two see each other, Next brings the third, and who was left waits', async ({
	person,
}) => {
	const [ann, ben, cyd] = [await person('Ann'), await person('Ben'), await person('Cyd')];
	await startNext(ann);
	await expect(looking(ann)).toBeVisible();
	await startNext(ben);
	await ann.seesMoving('Ben');
	await ben.seesMoving('Ann');
	await startNext(cyd);
	await expect(looking(cyd)).toBeVisible();
	await ann.page.keyboard.press('Escape');
	await ann.seesMoving('Cyd');
	await cyd.seesMoving('Ann');
	await expect(looking(ben)).toBeVisible();
	await expect(ben.status).toHaveText('Your partner went on to somebody else.');
	await press(cyd, 'Stop');
	await expect(cyd.page.getByRole('button', { name: 'Start' })).toBeVisible();
	await expect(ann.tile('Cyd')).toHaveCount(0);
});

test('somebody who closes the tab frees the partner at once, with words', async ({ person }) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await startNext(ann);
	await startNext(ben);
	await ann.seesMoving('Ben');
	await ben.page.close();
	await expect(looking(ann)).toBeVisible();
	await expect(ann.status).toHaveText(/Your partner has left|The connection was lost/);
	await press(ann, 'Stop');
});

test('they write to each other, both keep, and find the chat', async ({ person }) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await startNext(ann, 'Text only');
	await startNext(ben, 'Text only');
	await expect(ann.tile('Ben')).toBeVisible();
	await ann.page.getByRole('textbox', { name: 'Message' }).fill('Hello Ben');
	await ann.page.keyboard.press('Enter');
	await expect(ben.page.getByRole('log', { name: 'Messages' })).toContainText('Hello Ben');
	await ben.page.getByRole('textbox', { name: 'Message' }).fill('Hello Ann');
	await press(ben, 'Send');
	await expect(ann.page.getByRole('log', { name: 'Messages' })).toContainText('Hello Ann');
	await press(ann, 'Keep');
	await expect(ben.status).toContainText('would like to stay in touch');
	await press(ben, 'Keep');
	await expect(ann.status).toContainText('You are contacts now');
	await expect(ben.status).toContainText('You are contacts now');
});

test('a report and a block take two presses, and the two do not meet again', async ({ person }) => {
	const [ann, ben] = [await person('Ann'), await person('Ben')];
	await startNext(ann, 'Text only');
	await startNext(ben, 'Text only');
	await expect(ann.tile('Ben')).toBeVisible();
	await press(ann, 'Report');
	await ann.page.getByRole('radio', { name: 'Advertising or fraud' }).check();
	await press(ann, 'Send report');
	await expect(ann.page.getByRole('dialog')).toHaveCount(0);
	await expect(looking(ann)).toBeVisible();
	await expect(looking(ben)).toBeVisible();
	await expect(ben.status).toHaveText('Your partner went on to somebody else.');
	const cyd = await person('Cyd');
	await startNext(cyd, 'Text only');
	await expect(cyd.tile('Ann').or(cyd.tile('Ben'))).toBeVisible();
	await expect(ann.tile('Ben')).toHaveCount(0);
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
	await openNext(ann, 'Text only');
	const { page } = ann;
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
