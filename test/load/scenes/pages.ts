import type { Browser } from 'playwright';
import { Person } from '../../support/browser.ts';
import { desktop, phone, type Album } from './album.ts';

/** The pages that anybody may open. */
async function pages(album: Album, person: Person): Promise<void> {
	for (const [path, name] of [
		['/', 'landing'],
		['/settings', 'settings'],
		['/login', 'login'],
		['/people', 'acquaintances'],
		['/next', 'next'],
	] as const) {
		await person.page.goto(path);
		await person.page.getByRole('heading').first().waitFor();
		await album.both(person, name);
	}
}

/** Somebody gets an account. Comes last: they are no guest any more. */
async function account(album: Album, person: Person): Promise<void> {
	const { page } = person;
	const name = page.getByRole('textbox', { name: 'User name' });
	const password = page.getByLabel('Password', { exact: true });
	const submit = page.locator('form').getByRole('button', { name: 'Make an account' });
	await page.goto('/login?new&next=/settings');
	await name.fill('x');
	await submit.click();
	await album.both(person, 'sign-up-wrong');
	await name.fill('garden');
	await password.fill('correct horse battery');
	await submit.click();
	await page.getByRole('list', { name: 'Sessions' }).waitFor();
	await album.both(person, 'account');
	for (const [size, before] of [
		[desktop, ''],
		[phone, 'phone-'],
	] as const) {
		await page.setViewportSize(size);
		await page.getByRole('heading', { name: 'Access tokens' }).scrollIntoViewIfNeeded();
		await album.take(person, `${before}account-lists`, size);
	}
	await page.setViewportSize(desktop);
	await page.getByRole('button', { name: 'Delete me…' }).click();
	await album.both(person, 'account-delete');
}

export async function pageScenes(album: Album, browser: Browser, url: string): Promise<void> {
	const visitor = await Person.open(browser, 'Visitor', { baseURL: url });
	await pages(album, visitor);
	await account(album, visitor);
	await visitor.close();
}
