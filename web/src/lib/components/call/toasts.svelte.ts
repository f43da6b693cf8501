import type { Component } from 'svelte';
import type { ToasterProps } from 'svelte-sonner';

/** What can be done about a message, on a button in it. */
type Action = { label: string; onClick: () => void };

/** Short messages over the call. Their code is fetched when the first one is shown. */
export class Toasts {
	/** To be placed on the page as soon as it is there. */
	Toaster = $state.raw<Component<ToasterProps> | null>(null);

	/** Shows what went wrong, and what to do about it, for long enough to read it. */
	warn(title: string, help: string): void {
		void this.#sonner().then(({ toast }) =>
			toast.warning(title, { description: help, duration: 10_000 }),
		);
	}

	/** Shows what somebody said. */
	tell(title: string, text: string, action: Action): void {
		void this.#sonner().then(({ toast }) =>
			toast(title, { description: text, duration: 8000, action }),
		);
	}

	async #sonner() {
		const sonner = await import('svelte-sonner');
		this.Toaster = sonner.Toaster;
		return sonner;
	}
}
