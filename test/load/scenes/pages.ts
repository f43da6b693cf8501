import type { Browser } from 'playwright';
import { Person } from '../../support/browser.ts';
import { desktop, views } from '../../support/views.ts';
import type { Album } from './album.ts';

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
		await album.everywhere(person, name);
	}
}

/** Somebody gets an account. Comes last: they are no guest any more. */
async function account(album: Album, person: Person): Promise<void> {
	const { page } = person;
	const name = page.getByRole('textbox', { name: 'Username' });
	const password = page.getByLabel('Password', { exact: true });
	const submit = page.locator('form').getByRole('button', { name: 'Create account' });
	await page.goto('/login?new&next=/settings');
	await name.fill('x');
	await submit.click();
	await album.everywhere(person, 'sign-up-wrong');
	await name.fill('garden');
	await password.fill('correct horse battery');
	await submit.click();
	await page.getByRole('list', { name: 'Sessions' }).waitFor();
	await album.everywhere(person, 'account');
	for (const [view, size] of views) {
		await page.setViewportSize(size);
		await page.getByRole('heading', { name: 'Access tokens' }).scrollIntoViewIfNeeded();
		await album.take(person, `${view}account-lists`, size);
	}
	await page.setViewportSize(desktop);
	await page.getByRole('button', { name: 'Delete account…' }).click();
	await album.everywhere(person, 'account-delete');
}

export async function pageScenes(album: Album, browser: Browser, url: string): Promise<void> {
	const visitor = await Person.open(browser, 'Visitor', { baseURL: url });
	await pages(album, visitor);
	await account(album, visitor);
	await visitor.close();
}
