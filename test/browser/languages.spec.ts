import { expect, serviceUrl, test } from '../support/browser.ts';
import { fakeScreen } from '../support/fakeMedia.ts';
import { expectAllMarked, marked, speakMarked } from '../support/pseudoLanguage.ts';

test('a German browser is spoken to in German, from the landing page into the call', async ({
	person,
	roomId,
}) => {
	const ada = await person('Ada', { locale: 'de-DE' });
	await ada.page.goto('/');
	await expect(ada.page.getByRole('button', { name: 'Neuer Raum' })).toBeVisible();
	await expect(ada.page.locator('html')).toHaveAttribute('lang', 'de');

	await ada.page.goto(`/room/${roomId}`);
	await ada.page.getByRole('textbox', { name: 'Dein Name' }).fill('Ada');
	await expect(ada.page.getByText('Über UDP verbunden')).toBeVisible();
	await ada.page.getByRole('button', { name: 'Beitreten', exact: true }).click();
	const controls = ada.page.getByRole('toolbar', { name: 'Anrufsteuerung' });
	await expect(controls.getByRole('button', { name: 'Mikrofon ausschalten' })).toBeVisible();
	await expect(controls.getByRole('button', { name: 'Verlassen' })).toBeVisible();
});

test('a language that was chosen is spoken at once, and after a reload', async ({ person }) => {
	const ada = await person('Ada', { locale: 'de-DE' });
	await ada.page.goto('/settings');
	await ada.page.getByRole('combobox', { name: 'Sprache' }).selectOption({ label: 'Español' });
	await expect(ada.page.getByRole('heading', { name: 'Ajustes' })).toBeVisible();
	await expect(ada.page.locator('html')).toHaveAttribute('lang', 'es');

	await ada.page.reload();
	await expect(ada.page.getByRole('heading', { name: 'Ajustes' })).toBeVisible();
	await ada.page.getByRole('link', { name: 'Parley, inicio' }).click();
	await expect(ada.page.getByRole('button', { name: 'Sala nueva' })).toBeVisible();

	await ada.page.getByRole('combobox', { name: 'Idioma' }).selectOption({ label: 'English' });
	await expect(ada.page.getByRole('button', { name: 'New room' })).toBeVisible();
	await expect(ada.page.locator('html')).toHaveAttribute('lang', 'en');
});

test('whoever reads none of the languages gets English', async ({ joined }) => {
	const ada = await joined('Ada', { locale: 'ko-KR' });
	await expect(ada.page.locator('html')).toHaveAttribute('lang', 'en');
	for (const name of ['Mute microphone', 'Turn camera off', 'Share screen', 'Chat', 'Leave'])
		await expect(ada.controls.getByRole('button', { name, exact: true })).toBeVisible();
});

test('a catalogue that does not load leaves the page in English, and seen', async ({ person }) => {
	const ada = await person('Ada', { locale: 'de-DE' });
	const page = await (await ada.context.request.get('/')).text();
	const script = /<script src="([^"]+)"/.exec(page)?.[1] ?? '';
	const code = await (await ada.context.request.get(script)).text();
	const address = /"de":\{"site":\["([^"]+)"/.exec(code)?.[1] ?? 'none';
	await ada.context.route(`**${address}`, (route) => route.abort());
	await ada.page.goto('/');
	await expect(ada.page.getByRole('button', { name: 'New room' })).toBeVisible();
	await expect(ada.page.locator('html')).toHaveAttribute('lang', 'en');
});

test('an English visitor loads no catalogue', async ({ person, roomId }) => {
	const ada = await person('Ada', { locale: 'en-GB' });
	const page = await (await ada.context.request.get('/')).text();
	const script = /<script src="([^"]+)"/.exec(page)?.[1] ?? '';
	const code = await (await ada.context.request.get(script)).text();
	const addresses = new Set([...code.matchAll(/"(\/_app\/[^"]+)"/g)].map((match) => match[1]));
	expect(addresses.size).toBeGreaterThan(3);
	const loaded: string[] = [];
	ada.page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
	await ada.page.goto('/');
	await ada.toLobby(roomId);
	expect(loaded.filter((path) => addresses.has(path))).toEqual([]);
});

test('nothing is said that is not in the catalogues', async ({ person, cast, roomId }) => {
	const { host } = new URL(serviceUrl);
	const addresses = [`${serviceUrl}/room/`, `${serviceUrl}/demo`, `${host}/room/`];
	const names = ['Ada', 'Bo', 'Hola', ...addresses, roomId, roomId.slice(0, 4)];
	const ada = await person('Ada', { locale: 'de-DE' });
	const { page } = ada;
	const button = (name: string) => page.getByRole('button', { name: marked(name), exact: true });
	const texts = await speakMarked(ada.context);
	await page.addInitScript(fakeScreen);

	for (const path of ['/', '/settings', '/login', '/next', '/people', '/nowhere', '/room/a%20b']) {
		await page.goto(path);
		await expect(page.getByText('⟦').first()).toBeAttached();
		await expectAllMarked(page, names);
	}

	// What is wrong with a name and a password is said in the language, too.
	await page.goto('/login?new');
	await page.getByRole('textbox', { name: marked('Benutzername') }).fill('x');
	await page
		.locator('form')
		.getByRole('button', { name: marked('Konto erstellen') })
		.click();
	await expect(page.getByRole('textbox', { name: marked('Benutzername') })).toBeFocused();
	await expect(page.locator('[aria-invalid="true"]')).toHaveCount(2);
	await expectAllMarked(page, names);

	await page.goto(`/room/${roomId}`);
	await expect(page.getByText(marked('Über UDP verbunden'))).toBeVisible();
	await expectAllMarked(page, names);
	await button('Geräte').click();
	await expect(page.getByRole('dialog')).toBeVisible();
	await expectAllMarked(page, names);
	await button('Fertig').click();

	await page.getByRole('textbox', { name: marked('Dein Name') }).fill('Ada');
	await button('Beitreten').click();
	await expect(page.getByRole('toolbar')).toBeVisible();
	await expectAllMarked(page, names);
	await cast.joined('Bo');
	await expect(page.getByRole('group', { name: 'Bo' })).toBeVisible();
	await expectAllMarked(page, names);

	for (const panel of ['Personen', 'Chat']) {
		await button(panel).click();
		await expect(page.locator(panel === 'Chat' ? '#chat' : '#people')).toBeVisible();
		await expectAllMarked(page, names);
	}
	await page.getByRole('textbox', { name: marked('Nachricht') }).fill('Hola');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('article')).toBeVisible();
	await expectAllMarked(page, names);
	await button('Chat schließen').click();

	const more = async (item: string) => {
		await button('Mehr').click();
		await expectAllMarked(page, names);
		await page.getByRole('menuitem', { name: marked(item) }).click();
	};
	for (const dialog of ['Raumeinstellungen', 'Geräte', 'Tastenkürzel']) {
		await more(dialog);
		await expect(page.getByRole('dialog')).toBeVisible();
		await expectAllMarked(page, names);
		await button('Fertig').click();
	}
	await more('Statistik');
	await expect(page.locator('#statistics')).toBeVisible();
	await expectAllMarked(page, [...names, 'UDP', 'opus', 'VP8']);
	await page.keyboard.press('s');
	await button('Bildschirm teilen').click();
	await expect(page.getByRole('region', { name: marked('Was du teilst') })).toBeVisible();
	await expectAllMarked(page, names);
	await button('Verlassen').click();
	await expectAllMarked(page, names);
	await page.goto('/demo');
	await expect(page.getByTestId('tile').nth(1)).toBeVisible();
	await expectAllMarked(page, names);
	// All of what was loaded was marked.
	expect(texts()).toBeGreaterThan(500);
});
