import { expectAccessible } from '../support/axe.ts';
import { expect, test } from '../support/browser.ts';
import { looking, openNext, press, pressStart, startNext } from '../support/matchPage.ts';

test('axe finds nothing where strangers meet, whatever becomes of it', async ({ person }) => {
	const [ann, ben] = await Promise.all([person('Ann'), person('Ben')]);
	await Promise.all([openNext(ann), openNext(ben)]);
	await expectAccessible(ann.page, 'the form, by video');
	await pressStart(ann);
	await expect(looking(ann)).toBeVisible();
	await expectAccessible(ann.page, 'waiting');
	await ben.page.getByRole('button', { name: 'Camera' }).click();
	await pressStart(ben);
	await expect(ann.tile('Ben')).toContainText('Camera off');
	await ben.page.getByRole('textbox', { name: 'Message' }).fill('Hello');
	await ben.page.keyboard.press('Enter');
	await expect(ann.page.getByRole('log', { name: 'Messages' })).toContainText('Hello');
	await expectAccessible(ann.page, 'together');
	await press(ann, 'Report');
	await expect(ann.page.getByRole('dialog')).toBeVisible();
	await expectAccessible(ann.page, 'a report');
	await ann.page.keyboard.press('Escape');
	await expect(ann.page.getByRole('dialog')).toBeHidden();
	await Promise.all([press(ann, 'Keep'), press(ben, 'Keep')]);
	await expect(ann.status).toContainText("You're contacts now");
	await expectAccessible(ann.page, 'kept');
	await press(ben, 'Stop');
	await expect(ann.status).toContainText('Your partner has left.');
	await expectAccessible(ann.page, 'left behind');
	await press(ann, 'Stop');
});

test('axe finds nothing where strangers write, and in the demo', async ({ person, request }) => {
	await request.get('/api/session');
	await request.post('/api/match/start', { data: { mode: 'text', name: 'Script', agree: 1 } });
	const ann = await person('Ann');
	await startNext(ann, 'Text only');
	await expect(ann.tile('Script')).toBeVisible();
	await expectAccessible(ann.page, 'together in writing');
	await request.post('/api/match/disconnect');
	for (const count of [2, 9]) {
		await ann.page.goto(`/demo?people=${count}&paused`);
		await expect(ann.page.getByTestId('tile')).toHaveCount(count);
		await expectAccessible(ann.page, `the demo with ${count} people`);
	}
});
