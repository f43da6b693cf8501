import { tick, type Component } from 'svelte';
import type * as Sonner from 'svelte-sonner';
import { loadPart } from '#lib/browser/loadPart.ts';

/** A button in a toast. */
type Action = { label: string; onClick: () => void };

/** Short messages over the call. Their code is loaded when the first one is shown. */
export class Toasts {
	/** The text of the last message, if the code of toasts did not load; empty otherwise. */
	plain = $state('');
	/** The component that the page renders; null until its code is loaded. */
	Toaster = $state.raw<Component<Sonner.ToasterProps> | null>(null);

	/** Shows a problem and what to do about it, for long enough to read both. */
	warn(title: string, help: string): void {
		void this.#show(title, help, ({ toast }) =>
			toast.warning(title, { description: help, duration: 10_000 }),
		);
	}

	/**
	 * Shows a message with an action.
	 *
	 * @param options With the `id` of an earlier toast, this one replaces it; `dismiss` takes the same id. `cancel` is a
	 * second button, which declines.
	 */
	tell(
		title: string,
		text: string,
		action: Action,
		options: { id?: string; duration?: number; class?: string; cancel?: Action } = {},
	): void {
		void this.#show(title, text, ({ toast }) =>
			toast(title, { description: text, duration: 8000, action, ...options }),
		);
	}

	/** Shows a problem for as long as it lasts: until `dismiss` with this id. */
	stay(title: string, help: string, id: string): void {
		void this.#show(title, help, ({ toast }) =>
			toast.warning(title, { description: help, duration: Infinity, id }),
		);
	}

	/** Hides the toast with this id. */
	dismiss(id: string): void {
		if (this.Toaster) void this.#show('', '', ({ toast }) => toast.dismiss(id));
	}

	async #show(
		title: string,
		text: string,
		show: (sonner: typeof Sonner) => unknown,
	): Promise<void> {
		try {
			const sonner = await loadPart(() => import('svelte-sonner'));
			if (!this.Toaster) {
				this.Toaster = sonner.Toaster;
				// Screen readers do not read a live region that appears together with its first words.
				await tick();
			}
			this.plain = '';
			show(sonner);
		} catch {
			this.plain = `${title}. ${text}`;
		}
	}
}
