import { untrack } from 'svelte';
import { openModals } from './openModals.svelte.ts';

/** Opens a dialog over everything for as long as it is there, and gives the focus back to whoever opened it. */
export function modal(dialog: HTMLDialogElement): () => void {
	const opener = document.activeElement;
	const close = untrack(() => openModals.show(dialog));
	return () => {
		close();
		if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
	};
}
