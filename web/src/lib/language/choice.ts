/**
 * The language for a person: the one they chose, else the first of those they read, else the first
 * on offer. Both functions here are also the first script of every page, by their source: they use
 * nothing from outside.
 *
 * @param chosen what the person chose here, if anything
 * @param read the languages they read, as browsers name them, the dearest first
 */
export function chooseLanguage<Offered extends string>(
	offered: readonly [Offered, ...Offered[]],
	chosen: unknown,
	read: readonly string[],
): Offered {
	const bases = read.map((code) => code.toLowerCase().split('-')[0]);
	for (const wanted of [chosen, ...bases]) {
		const found = offered.find((language) => language === wanted);
		if (found !== undefined) return found;
	}
	return offered[0];
}

/**
 * Begins to load the language of whoever opens the page, together with the page's code, and holds
 * the prerendered English back until it is there.
 *
 * @param files addresses of the catalogues by language: those of every page, and those of all but the first
 */
export function startLanguage(
	offered: readonly [string, ...string[]],
	files: Readonly<Record<string, { site: readonly string[]; rooms: readonly string[] }>>,
): void {
	let chosen: unknown;
	try {
		chosen = JSON.parse(localStorage.getItem('parley:preferences') ?? '{}').language;
	} catch {
		// Nothing can be kept here, so nothing was chosen.
	}
	const language = chooseLanguage(offered, chosen, navigator.languages);
	const catalogues = files[language];
	if (!catalogues) return;
	document.documentElement.lang = language;
	document.documentElement.classList.add('language-loading');
	const rooms = location.pathname === '/' ? [] : catalogues.rooms;
	for (const href of [...catalogues.site, ...rooms]) {
		const link = document.createElement('link');
		link.rel = 'modulepreload';
		link.href = href;
		document.head.append(link);
	}
}
