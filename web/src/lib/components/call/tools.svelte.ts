import { createContext } from 'svelte';
import { CodedError } from '#shared/errors.ts';
import type { CallView } from '#lib/state/view.ts';
import type { PictureInPicture } from '../pip/pictureInPicture.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

/** A dialog over the call. */
export type DialogName = 'devices' | 'room' | 'name' | 'shortcuts';

/** What stands beside the tiles. */
export type PanelName = 'people' | 'chat' | 'statistics';

/** What the parts of a call's page ask of it. */
export class CallTools {
	readonly toasts: Toasts;
	/** The dialog that is open. */
	dialog = $state<DialogName | null>(null);

	/** The panel that is open: one at a time. */
	panel = $state<PanelName | null>(null);
	/** The call in a window of its own; null until its code is there, and where the browser has none. */
	pip = $state.raw<PictureInPicture | null>(null);
	readonly #call: Pick<CallView, 'you' | 'raiseHand'>;

	constructor(call: Pick<CallView, 'you' | 'raiseHand'>, toasts: Toasts) {
		this.#call = call;
		this.toasts = toasts;
	}

	get handRaised(): boolean {
		return (this.#call.you.inside?.hand ?? null) !== null;
	}

	togglePanel(chosen: PanelName): void {
		this.panel = this.panel === chosen ? null : chosen;
	}

	toggleHand(): void {
		void this.attempt(this.#call.raiseHand(!this.handRaised));
	}

	/** Says what became of a request that was refused. */
	async attempt(request: Promise<unknown>): Promise<void> {
		try {
			await request;
		} catch (error) {
			if (!(error instanceof CodedError)) throw error;
			this.toasts.warn('That did not work', error.message);
		}
	}
}

export const [getTools, setTools] = createContext<CallTools>();
