import type { Unlisten } from '#lib/connection/signalClient.ts';

/** Whether the person looks at this page: it is visible, and has the focus. */
export type Attention = {
	readonly here: boolean;
	watch(changed: () => void): Unlisten;
};

export const pageAttention: Attention = {
	get here() {
		return document.visibilityState === 'visible' && document.hasFocus();
	},
	watch(changed) {
		const abort = new AbortController();
		const { signal } = abort;
		window.addEventListener('focus', changed, { signal });
		window.addEventListener('blur', changed, { signal });
		document.addEventListener('visibilitychange', changed, { signal });
		return () => abort.abort();
	},
};
