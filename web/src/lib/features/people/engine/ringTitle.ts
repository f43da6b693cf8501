/**
 * Says it in the title of the page, which is what is seen of a tab that lies behind others.
 *
 * @returns what takes it back, unless the page has another title by then.
 */
export function sayInTitle(words: string): () => void {
	const before = document.title;
	const during = `☎ ${words}`;
	document.title = during;
	return () => {
		if (document.title === during) document.title = before;
	};
}
