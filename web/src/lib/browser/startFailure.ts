/** What a page says that does not start, and what its button says. */
export type StartFailureWords = { problem: string; again: string };

/**
 * Says it where the code with which the page begins does not come: without it there is nothing that could say so, and a room's
 * page stays empty. A button loads the page again.
 *
 * This is part of the first script of every page, by its source: it uses nothing from outside.
 *
 * @param listening the event that tells that the page has begun.
 * @param words by language.
 */
export function sayStartFailure(
	listening: string,
	words: Readonly<Record<string, StartFailureWords>>,
): void {
	const box = document.createElement('div');
	const say = () => {
		window.removeEventListener('unhandledrejection', say);
		const root = document.documentElement;
		// What was drawn in English is better than nothing.
		root.classList.remove('language-loading');
		const { problem = '', again = '' } = words[root.lang] ?? words['en'] ?? {};
		box.className = 'not-started';
		box.setAttribute('role', 'alert');
		const text = document.createElement('p');
		text.textContent = problem;
		const button = document.createElement('button');
		button.type = 'button';
		button.className = 'button primary';
		button.textContent = again;
		// Before the document holds what is pressed for a page that listens.
		window.addEventListener('click', ({ target }) => target === button && location.reload(), true);
		box.append(text, button);
		document.body.append(box);
	};
	window.addEventListener('unhandledrejection', say);
	document.addEventListener(listening, () => {
		window.removeEventListener('unhandledrejection', say);
		// It was something else, and the page has begun.
		box.remove();
	});
}
