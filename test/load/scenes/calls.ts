import type { Browser } from 'playwright';
import { newRoomId } from '../../../shared/ids.ts';
import { Visit } from '../../support/account.ts';
import { expect, Person } from '../../support/browser.ts';
import { accept, acquaint, hangUp, ring, ringing, toPeople } from '../../support/knowing.ts';
import { desktop } from '../../support/views.ts';
import { names, somebody, type Album } from './album.ts';

/** Who one knows, and calls from one person to another, whatever becomes of them. */
export async function callScenes(album: Album, browser: Browser, url: string): Promise<void> {
	await alone(album, browser, url);
	const roomId = newRoomId();
	for (const name of names.slice(3)) {
		const visit = await Visit.guest({ url });
		await visit.ask('POST', `/api/rooms/${roomId}/members`, { name });
	}
	const [you, other, third] = await Promise.all([
		somebody(browser, url, 0),
		somebody(browser, url, 1),
		somebody(browser, url, 2),
	]);
	await acquaint(roomId, you, other, third);
	await list(album, you, other);
	await outgoing(album, you, other);
	await talking(album, you, other, third);
	await hangUp(other, you);
	await you.page.getByRole('button', { name: 'Calls', exact: true }).click();
	await you.page
		.getByRole('button', { name: /^Call back/ })
		.first()
		.waitFor();
	await album.everywhere(you, 'people-calls');
	await blocked(album, you);
}

/** Somebody who knows nobody yet. */
async function alone(album: Album, browser: Browser, url: string): Promise<void> {
	const newcomer = await Person.open(browser, 'Newcomer', { baseURL: url });
	const { page } = newcomer;
	await page.goto('/people');
	await page.getByRole('textbox', { name: 'Your name' }).waitFor();
	await album.everywhere(newcomer, 'people-name');
	await page.getByRole('textbox', { name: 'Your name' }).fill(newcomer.name);
	await page.getByRole('button', { name: 'Continue' }).click();
	await page.getByText('No contacts yet').waitFor();
	await album.everywhere(newcomer, 'people-nobody');
	await page.getByRole('button', { name: 'Your link' }).click();
	await page.getByRole('button', { name: 'Copy link' }).waitFor();
	await album.everywhere(newcomer, 'people-link');
	await newcomer.close();
}

async function list(album: Album, you: Person, other: Person): Promise<void> {
	const { page } = you;
	const more = page.getByRole('button', { name: `More about ${other.name}` });
	await more.click();
	await page.getByRole('menuitem', { name: 'Add to contacts' }).click();
	await page.getByRole('heading', { name: 'Contacts' }).waitFor();
	await album.everywhere(you, 'people-list');
	await album.opened(you, 'people-menu', () => more.click());
	await more.click();
	await page.getByRole('menuitem', { name: 'Block…' }).click();
	await album.everywhere(you, 'people-block');
	await page.getByRole('button', { name: 'Cancel' }).click();
	await page.getByText('Notifications', { exact: true }).click();
	await album.everywhere(you, 'people-rings');
	await page.getByText('Notifications', { exact: true }).click();
	await page.getByRole('button', { name: new RegExp(`^${other.name} `) }).click();
	const box = page.getByRole('textbox', { name: 'Message' });
	await box.fill('Shall we talk about the slides at ten?');
	await box.press('Enter');
	await expect(page.getByRole('log', { name: 'Messages' })).toContainText('slides');
	await album.everywhere(you, 'people-chat');
}

async function outgoing(album: Album, you: Person, other: Person): Promise<void> {
	await toPeople(you);
	await ring(you, other);
	await ringing(other, you).waitFor();
	await album.everywhere(you, 'ring-outgoing');
	await album.everywhere(other, 'ring');
	await ringing(other, you).getByRole('button', { name: 'Decline with a message' }).click();
	await album.everywhere(other, 'ring-message');
	await other.page.getByRole('textbox', { name: 'Message' }).fill('In a minute, I am on the phone');
	await other.page.keyboard.press('Enter');
	await you.page.getByText(/can't talk now/).waitFor();
	await album.everywhere(you, 'ring-declined');
	await you.page.getByRole('button', { name: 'Call again' }).click();
}

async function talking(album: Album, you: Person, other: Person, third: Person): Promise<void> {
	await accept(other, you);
	await you.seesMoving(other.name);
	await album.everywhere(you, 'ring-accepted');
	await ring(third, you);
	await ringing(you, third).waitFor();
	await album.everywhere(you, 'ring-in-call');
	await you.page.setViewportSize(desktop);
	await ringing(you, third).getByRole('button', { name: 'Decline', exact: true }).click();
	await third.page.getByText('is in another call').waitFor();
	await album.everywhere(third, 'ring-busy');
	await third.controls.getByRole('button', { name: 'Leave' }).click();
	await you.controls.getByRole('button', { name: 'People' }).click();
	await album.opened(you, 'people-add-person', () =>
		you.page.getByRole('button', { name: 'Add person' }).click(),
	);
	await you.page.keyboard.press('Escape');
}

/** Last, for somebody is blocked from then on. */
async function blocked(album: Album, you: Person): Promise<void> {
	const { page } = you;
	await toPeople(you);
	await page.getByRole('button', { name: `More about ${names[4] ?? ''}` }).click();
	await page.getByRole('menuitem', { name: 'Block…' }).click();
	await page.getByRole('button', { name: 'Block', exact: true }).click();
	await expect(page.getByRole('dialog')).toBeHidden();
	await page.goto('/settings');
	await page.getByRole('button', { name: /^Unblock/ }).scrollIntoViewIfNeeded();
	await album.everywhere(you, 'people-blocked');
}
