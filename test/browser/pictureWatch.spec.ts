import { expect, test } from '../support/browser.ts';
import { armed, pictured, watchPictures } from '../load/pictureWatch.ts';

test('B-22: a measurement takes a first picture that came before it asks', async ({ person }) => {
	const ann = await person('Ann');
	await watchPictures(ann, ['Bo']);
	const { page } = ann;
	await page.goto('/');
	/** What a page does when the picture of Bo is there. */
	const show = () =>
		page.evaluate(() => {
			performance.mark('parley:join');
			performance.mark('parley:first-frame');
			document.body.innerHTML = '<div data-testid="tile" aria-label="Bo"><video></video></div>';
			document.querySelector('video')?.dispatchEvent(new Event('loadeddata'));
		});
	const whole = { 'first-frame': expect.any(Number), join: expect.any(Number) };
	await show();
	expect(await pictured(page)).toMatchObject({ marks: whole, inTile: expect.any(Number) });

	const seen = await armed(page, 'join');
	await show();
	const { began, marks, inTile } = await seen();
	expect(marks).toMatchObject(whole);
	expect(began).toBe(marks['join']);
	expect(inTile).toBeGreaterThanOrEqual(began);
});
