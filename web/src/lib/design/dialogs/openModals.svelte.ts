/** Modal dialogs that are open. All that lies outside of the uppermost one can neither be seen nor reached. */
class OpenModals {
	#open = $state.raw<readonly HTMLDialogElement[]>([]);

	/** The uppermost one; null while there is none. */
	get top(): HTMLDialogElement | null {
		return this.#open.at(-1) ?? null;
	}

	/**
	 * Opens it over everything. What is returned closes it.
	 *
	 * @param beneath whether those that are open stay above it: it was there before them, and is modal only now.
	 */
	show(dialog: HTMLDialogElement, beneath = false): () => void {
		const above = beneath ? this.#open : [];
		const focused = document.activeElement;
		dialog.showModal();
		// The one that was opened last is the uppermost.
		for (const one of above) {
			one.close();
			one.showModal();
		}
		if (above.length > 0 && focused instanceof HTMLElement) focused.focus();
		this.#open = beneath ? [dialog, ...this.#open] : [...this.#open, dialog];
		return () => {
			this.#open = this.#open.filter((one) => one !== dialog);
			dialog.close();
		};
	}

	/** An attachment that puts an element into the uppermost dialog, for as long as there is one. */
	readonly inFront = (element: HTMLElement): (() => void) => {
		const home = document.createComment('');
		element.before(home);
		$effect(() => {
			if (this.top) this.top.append(element);
			else home.after(element);
		});
		return () => {
			home.remove();
			element.remove();
		};
	};
}

export const openModals = new OpenModals();
