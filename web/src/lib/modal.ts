/** Opens a dialog over everything for as long as it is there, and gives the focus back to whoever opened it. */
export function modal(dialog: HTMLDialogElement): () => void {
	const opener = document.activeElement;
	dialog.showModal();
	return () => {
		dialog.close();
		if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
	};
}
