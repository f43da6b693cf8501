import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright';
import { Person } from '../../support/browser.ts';
import { drawnCamera, looks } from '../../support/drawnCamera.ts';
import { fakeScreen } from '../../support/fakeMedia.ts';
import { findings } from '../../support/axe.ts';
import { desktop, themes, views } from '../../support/views.ts';

/** Rooms of a house: nobody in particular. */
export const names = [
	...['Kitchen', 'Studio', 'Library', 'Workshop', 'Attic', 'Garden', 'Hall', 'Cellar'],
];

/** Pictures that are taken in one go, and a page that shows them all. */
export class Album {
	readonly folder = fileURLToPath(new URL('../../../artifacts/screenshots/', import.meta.url));
	readonly taken: string[] = [];
	/** What axe found, a line for each rule and picture. */
	readonly found: string[] = [];
	readonly #only: string;
	readonly #axe: boolean;

	/**
	 * @param only takes the scenes whose name contains it.
	 * @param axe whether axe looks at each picture's page.
	 */
	constructor(only: string, axe: boolean) {
		this.#only = only;
		this.#axe = axe;
		mkdirSync(this.folder, { recursive: true });
	}

	/** All themes of what is shown now. */
	async take({ page }: Pick<Person, 'page'>, name: string, size = desktop): Promise<void> {
		if (!name.includes(this.#only)) return;
		await page.setViewportSize(size);
		await page.mouse.move(1, 1);
		// Tiles glide to their places, and layers of another size arrive.
		await page.waitForTimeout(900);
		for (const [theme, media] of Object.entries(themes)) {
			await page.emulateMedia({ ...media, reducedMotion: 'reduce' });
			await page.waitForTimeout(300);
			// What this machine suffers from, with so many browsers on it, is not what is shown here.
			const hide = page.getByRole('button', { name: 'Hide', exact: true });
			// Pressed without a pointer, which would close a menu that is open.
			for (const one of await hide.all()) await one.dispatchEvent('click');
			const file = `${name}-${theme}.png`;
			await page.screenshot({ path: join(this.folder, file) });
			this.taken.push(file);
			if (!this.#axe) continue;
			for (const { rule, at } of await findings(page, 'all rules'))
				this.found.push(`${file}: ${rule}\n\t${at.join('\n\t')}`);
		}
		await page.emulateMedia({ ...themes.light, reducedMotion: 'reduce' });
	}

	/** The same in each view. */
	async everywhere(person: Pick<Person, 'page'>, name: string): Promise<void> {
		for (const [view, size] of views) await this.take(person, `${view}${name}`, size);
		await person.page.setViewportSize(desktop);
	}

	/** The same of what a page of another size would close: `show` opens it on each, and the Escape key closes it. */
	async opened(
		person: Pick<Person, 'page'>,
		name: string,
		show: () => Promise<unknown>,
	): Promise<void> {
		const { page } = person;
		for (const [view, size] of views) {
			await page.setViewportSize(size);
			await page.waitForTimeout(300);
			await show();
			await this.take(person, `${view}${name}`, size);
			await page.keyboard.press('Escape');
		}
		await page.setViewportSize(desktop);
	}

	/** Writes the page that shows them. */
	close(): void {
		const figures = this.taken.map(
			(file) =>
				`<figure><img src="${file}" alt="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`,
		);
		writeFileSync(
			join(this.folder, 'index.html'),
			`<!doctype html><meta charset="utf-8"><title>Parley, as it looks</title><style>body{font-family:system-ui;display:grid;grid-template-columns:repeat(auto-fill,minmax(22rem,1fr));gap:1rem}figure{margin:0}img{max-width:100%;max-height:30rem;border:1px solid #999}</style>${figures.join('\n')}`,
		);
	}
}

/** Somebody with a drawn camera, in a browser of their own. */
export async function somebody(browser: Browser, url: string, index: number): Promise<Person> {
	const person = await Person.open(browser, names[index] ?? 'Guest', { baseURL: url });
	const look = looks[index];
	if (look) await person.page.addInitScript(drawnCamera, look);
	await person.page.addInitScript(fakeScreen);
	await person.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
	return person;
}
