/**
 * Shows the pages in light or dark colours (tokens.css), whatever the system prefers; anything else follows the system.
 * It is also part of the first script of every page, by its source, so that nothing is painted in other colours before:
 * it uses nothing from outside.
 */
export function showTheme(theme: unknown): void {
	const chosen = theme === 'light' || theme === 'dark' ? theme : '';
	document.documentElement.dataset.theme = chosen;
	// Browsers colour their own bars by these; app.html has one for each scheme.
	for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
		bar.dataset.scheme ??= bar.media.includes('dark') ? 'dark' : 'light';
		const { scheme } = bar.dataset;
		const follows = `(prefers-color-scheme: ${scheme})`;
		bar.media = chosen === '' ? follows : chosen === scheme ? 'all' : 'not all';
	}
}

/** Shows the theme that the person chose, as the first script of every page does. */
export function startTheme(): void {
	try {
		showTheme(JSON.parse(localStorage.getItem('parley:preferences') ?? '{}').theme);
	} catch {
		// Nothing can be kept here, so nothing was chosen.
	}
}
