/**
 * Calls this when the page goes. A page that the browser kept whole, to show it again, begins anew then: what it stood on was
 * given back.
 *
 * @returns what stops listening.
 */
export function onPageGone(leave: () => void): () => void {
	const gone = () => {
		window.addEventListener('pageshow', () => location.reload(), { once: true });
		leave();
	};
	window.addEventListener('pagehide', gone);
	return () => window.removeEventListener('pagehide', gone);
}
