import type { Browser } from 'playwright';
import { expect, type Person } from '../../support/browser.ts';
import { looking, openNext, press, pressStart, startNext } from '../../support/matchPage.ts';
import { somebody, type Album } from './album.ts';

/** The page for meeting strangers, from the form to what becomes of a match. */
export async function strangerScenes(album: Album, browser: Browser, url: string): Promise<void> {
	const [you, other] = await Promise.all([somebody(browser, url, 0), somebody(browser, url, 1)]);
	await openNext(you);
	await album.everywhere(you, 'next-form');
	await openNext(other);
	await pressStart(you);
	await looking(you).waitFor();
	await album.everywhere(you, 'next-waiting');
	await pressStart(other);
	await you.seesMoving(other.name);
	await write(other, 'Hello! Where are you from?');
	await expect(you.page.getByRole('log', { name: 'Messages' })).toContainText('Hello!');
	await album.everywhere(you, 'next-video');
	await press(you, 'Report');
	await you.page.getByRole('dialog').waitFor();
	await album.everywhere(you, 'next-report');
	await you.page.keyboard.press('Escape');
	await press(other, 'Stop');
	await expect(you.status).toContainText('Your partner has left.');
	await album.everywhere(you, 'next-left');
	await you.close();
	await other.close();
	await inWriting(album, browser, url);
}

async function inWriting(album: Album, browser: Browser, url: string): Promise<void> {
	const [you, other] = await Promise.all([somebody(browser, url, 2), somebody(browser, url, 3)]);
	await Promise.all([startNext(you, 'Text only'), startNext(other, 'Text only')]);
	await you.tile(other.name).waitFor();
	await write(you, 'Good evening');
	await write(other, 'Good evening! I have just come back from a walk by the river.');
	await expect(you.page.getByRole('log', { name: 'Messages' })).toContainText('river');
	await album.everywhere(you, 'next-text');
	await you.close();
	await other.close();
}

async function write({ page }: Person, words: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Message' }).fill(words);
	await page.keyboard.press('Enter');
}
