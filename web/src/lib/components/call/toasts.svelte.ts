import type { Component } from 'svelte';
import type { ToasterProps } from 'svelte-sonner';

/** Short messages over the call. Their code is fetched when the first one is shown. */
export class Toasts {
	/** To be placed on the page as soon as it is there. */
	Toaster = $state.raw<Component<ToasterProps> | null>(null);

	/** Shows what went wrong, and what to do about it, for long enough to read it. */
	warn(title: string, help: string): void {
		void this.#show(title, help);
	}

	async #show(title: string, help: string): Promise<void> {
		const { toast, Toaster } = await import('svelte-sonner');
		this.Toaster = Toaster;
		toast.warning(title, { description: help, duration: 10_000 });
	}
}
