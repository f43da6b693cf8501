/**
 * The language for a person: the one they chose, else the first of those they read, else the first
 * on offer. A language that is read in another script (Chinese in Taiwan) is taken when nothing else
 * that they read is on offer. Both functions here are also the first script of every page, by their
 * source: they use nothing from outside.
 *
 * @param chosen what the person chose here, if anything
 * @param read the languages they read, as browsers name them, the dearest first; what is no language is passed over
 */
export function chooseLanguage<Offered extends string>(
	offered: readonly [Offered, ...Offered[]],
	chosen: unknown,
	read: readonly string[],
): Offered {
	const chosenHere = offered.find((language) => language === chosen);
	if (chosenHere !== undefined) return chosenHere;
	const nameOf = (code: string, withScript: boolean): string => {
		try {
			const { language, script } = new Intl.Locale(code).maximize();
			return withScript ? `${language}-${script}` : language;
		} catch {
			return '';
		}
	};
	for (const withScript of [true, false]) {
		for (const code of read) {
			const wanted = nameOf(code, withScript);
			const found = offered.find((language) => nameOf(language, withScript) === wanted);
			if (found !== undefined) return found;
		}
	}
	return offered[0];
}

/**
 * Begins to load the language of whoever opens the page, together with the page's code, and holds
 * the prerendered English back until it is there.
 *
 * @param files addresses of the catalogues by language: those of every page, and those of all but the first
 * @param rightToLeft the languages whose script runs from right to left
 */
export function startLanguage(
	offered: readonly [string, ...string[]],
	files: Readonly<Record<string, { site: readonly string[]; rooms: readonly string[] }>>,
	rightToLeft: readonly string[],
): void {
	let chosen: unknown;
	try {
		chosen = JSON.parse(localStorage.getItem('parley:preferences') ?? '{}').language;
	} catch {
		// Nothing can be kept here, so nothing was chosen.
	}
	const language = chooseLanguage(offered, chosen, navigator.languages ?? [navigator.language]);
	const catalogues = files[language];
	if (!catalogues) return;
	document.documentElement.lang = language;
	if (rightToLeft.includes(language)) document.documentElement.dir = 'rtl';
	document.documentElement.classList.add('language-loading');
	const rooms =
		location.pathname === `${document.documentElement.dataset['base'] ?? ''}/`
			? []
			: catalogues.rooms;
	for (const href of [...catalogues.site, ...rooms]) {
		const link = document.createElement('link');
		link.rel = 'modulepreload';
		link.href = href;
		document.head.append(link);
	}
}
