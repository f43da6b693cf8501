/**
 * Shows the words in the title of the page, which a tab in the background shows.
 *
 * @returns what restores the title, unless the page has another one by then
 */
export function sayInTitle(words: string): () => void {
	const before = document.title;
	const during = `☎ ${words}`;
	document.title = during;
	return () => {
		if (document.title === during) document.title = before;
	};
}
