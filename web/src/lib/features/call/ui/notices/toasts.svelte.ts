import { tick, type Component } from 'svelte';
import type * as Sonner from 'svelte-sonner';
import { loadPart } from '#lib/browser/loadPart.ts';

/** What can be done about a message, on a button in it. */
type Action = { label: string; onClick: () => void };

/** Short messages over the call. Their code is fetched when the first one is shown. */
export class Toasts {
	/** What is to be said, where their code did not come. */
	plain = $state('');
	/** To be placed on the page as soon as it is there. */
	Toaster = $state.raw<Component<Sonner.ToasterProps> | null>(null);

	/** Shows what went wrong, and what to do about it, for long enough to read it. */
	warn(title: string, help: string): void {
		void this.#show(title, help, ({ toast }) =>
			toast.warning(title, { description: help, duration: 10_000 }),
		);
	}

	/**
	 * Shows what somebody said or wants.
	 *
	 * @param options By an `id` it takes the place of an earlier one, and is dismissed. `cancel` is another button, for
	 * what one need not do.
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

	/** Shows what is wrong for as long as it is so: until it is dismissed by this id. */
	stay(title: string, help: string, id: string): void {
		void this.#show(title, help, ({ toast }) =>
			toast.warning(title, { description: help, duration: Infinity, id }),
		);
	}

	/** What it tells is not so any more. */
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
				// A live region that comes with its first words is not read out.
				await tick();
			}
			this.plain = '';
			show(sonner);
		} catch {
			this.plain = `${title}. ${text}`;
		}
	}
}
