import type { Browser } from 'playwright';
import type { RoomId } from '../../../shared/ids.ts';
import { expect, type Person } from '../../support/browser.ts';
import { Writer } from '../../support/chat.ts';
import { Cast } from '../../support/client.ts';
import { people } from '../../support/hosting.ts';
import { desktop, views } from '../../support/views.ts';
import { names, somebody, type Album } from './album.ts';

/** Somebody in the lobby. */
async function arrive(
	browser: Browser,
	url: string,
	roomId: RoomId,
	index: number,
): Promise<Person> {
	const person = await somebody(browser, url, index);
	await person.toLobby(roomId);
	return person;
}

async function talk(cast: Cast, host: Person): Promise<void> {
	const guest = await Writer.enter(cast, 'Studio');
	const other = await Writer.enter(cast, 'Library');
	await guest.post('Morning! Are we still on for the **release notes**?');
	await other.post(
		'Yes. The draft is in the shared folder, two points are open:\n\n- the new layouts\n- who writes the summary',
	);
	const { page } = host;
	await page
		.getByRole('textbox', { name: 'Message' })
		.fill('I take the summary, and send it round before noon.');
	await page.keyboard.press('Enter');
	await other.post('Perfect, thank you!');
}

/** A room that fills up, and its chat. */
export async function roomScenes(album: Album, browser: Browser, url: string): Promise<void> {
	const roomId = 'monday-planning' as RoomId;
	const cast = new Cast({ url }, roomId);
	const you = await arrive(browser, url, roomId, 0);
	const { page } = you;
	await album.everywhere(you, 'lobby');
	await page.getByRole('button', { name: 'Devices' }).click();
	await album.everywhere(you, 'lobby-devices');
	await page.keyboard.press('Escape');
	await you.join();
	await album.everywhere(you, 'call-1');

	const others: Person[] = [];
	for (const index of [1, 2, 3]) {
		const other = await arrive(browser, url, roomId, index);
		await other.join();
		others.push(other);
		await expect
			.poll(() => you.frames(other.name).catch(() => 0), { timeout: 60_000 })
			.toBeGreaterThan(5);
		if (index === 1) {
			await album.everywhere(you, 'call-2');
		}
	}
	await page.setViewportSize(desktop);
	await you.controls.getByRole('button', { name: 'Chat' }).click();
	await page.getByRole('textbox', { name: 'Message' }).waitFor();
	await talk(cast, you);
	await album.everywhere(you, 'chat');
	await page.getByRole('button', { name: 'Close chat' }).click();

	await cast.joined(names[4]);
	await album.everywhere(you, 'call-5');
	await others[1]?.controls.getByRole('button', { name: 'Raise hand' }).click();
	const panel = await people(you);
	await album.everywhere(you, 'people');
	await page.setViewportSize(desktop);
	await album.opened(you, 'room-settings', () =>
		panel.getByRole('button', { name: 'Room settings' }).click(),
	);
	await panel.getByRole('button', { name: 'Close people' }).click();

	for (const [before, size] of views) {
		await page.setViewportSize(size);
		await page.waitForTimeout(300);
		await you.controls.getByRole('button', { name: 'More' }).click();
		await page.getByRole('menu', { name: 'More' }).waitFor();
		await album.take(you, `${before}more`, size);
		await page.getByRole('menuitem', { name: 'Statistics' }).click();
		await page.waitForTimeout(5000);
		await album.take(you, `${before}statistics`, size);
		await page.keyboard.press('Escape');
	}
	await page.setViewportSize(desktop);
	await album.opened(you, 'shortcuts', () => page.keyboard.press('?'));

	await others[0]?.controls.getByRole('button', { name: 'Share screen' }).click();
	await page
		.getByRole('group', { name: /screen/ })
		.first()
		.waitFor();
	await expect(page.getByText('Loading video')).toHaveCount(0, { timeout: 60_000 });
	await album.everywhere(you, 'share');
	if (others[0]) await album.everywhere(others[0], 'sharing');
	await others[0]?.page.getByRole('button', { name: 'Stop sharing' }).first().click();

	for (let count = 5; count < 25; count++) {
		if (count === 9) await album.everywhere(you, 'call-9');
		await cast.joined(names[count] ?? `Guest ${count}`);
	}
	await album.everywhere(you, 'call-25');
	await page.goto(`/room/${roomId}/chat`);
	await page.getByRole('log', { name: 'Messages' }).waitFor();
	await album.everywhere(you, 'chat-page');
	cast.close();
}
