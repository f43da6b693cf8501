import type { Browser } from 'playwright';
import { newMessageId, newRoomId } from '../../../shared/ids.ts';
import { Visit } from '../../support/account.ts';
import { Person } from '../../support/browser.ts';
import { Cast } from '../../support/client.ts';
import { twoMet } from '../../support/stranger.ts';
import { views } from '../../support/views.ts';
import type { Album } from './album.ts';

/** The administrators' page, with two reports of which one is decided. */
export async function administrationScenes(
	album: Album,
	browser: Browser,
	url: string,
): Promise<void> {
	const cast = new Cast({ url }, newRoomId());
	for (const [ben, reason] of [
		['Attic', 'harassment'],
		['Cellar', 'spam'],
	] as const) {
		const met = await twoMet(cast, 'text', { ann: 'Kitchen', ben });
		const { matchId } = met;
		const said = { matchId, messageId: newMessageId() };
		await met.ben.client.ask('match:post', { ...said, body: 'Buy my watches, they are cheap.' });
		const words = 'Sells things, and does not stop.';
		await met.ann.client.ask('match:report', { matchId, reason, words, block: false });
	}
	await Visit.account({ url }, 'gardener');
	await Visit.guest({ url });
	const caretaker = await Visit.account({ url }, 'caretaker');
	const person = await Person.open(browser, 'Caretaker', { baseURL: url });
	for (const pair of caretaker.cookie.split('; ')) {
		const [name = '', value = ''] = pair.split('=');
		await person.context.addCookies([{ name, value, url }]);
	}
	const { page } = person;
	await page.goto('/admin');
	await page.getByRole('article').first().waitFor();
	await album.everywhere(person, 'admin');
	await page.getByRole('button', { name: 'Suspend' }).first().click();
	await page.getByRole('dialog').waitFor();
	await album.everywhere(person, 'admin-suspend');
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.getByRole('button', { name: 'Dismiss' }).first().click();
	await page.getByRole('dialog').getByRole('button', { name: 'Dismiss' }).click();
	await page.getByRole('dialog').waitFor({ state: 'hidden' });
	for (const [view, size] of views) {
		await page.setViewportSize(size);
		const found = page.getByRole('list', { name: 'People found' });
		await found.evaluate((list) => list.scrollIntoView({ block: 'center' }));
		await album.take(person, `${view}admin-people`, size);
	}
	await person.close();
	cast.close();
}
