import { createContext, type Component } from 'svelte';
import { CodedError } from '#shared/errors.ts';
import type { PersonId, RoomId } from '#shared/ids.ts';
import type { StageState } from '#lib/features/call/state/stageState.svelte.ts';
import type { Author } from '#shared/members.ts';
import type { CallView } from '#lib/features/call/state/view.ts';
import type { PictureInPicture } from './pictureInPicture/pictureInPicture.svelte.ts';
import type { Toasts } from './notices/toasts.svelte.ts';

/** A dialog over the call. */
export type DialogName = 'devices' | 'settings' | 'room' | 'past-calls' | 'name' | 'shortcuts';

/** What stands beside the tiles. */
export type PanelName = 'people' | 'chat' | 'statistics';

/** Loads the dialog that adds a person: contacts lie above the call, so the page brings it. */
export type LoadAddPerson = () => Promise<{
	default: Component<{ roomId: RoomId; close: () => void }>;
}>;

/** Loads the settings: accounts and contacts lie above the call, so the page brings them. */
export type LoadSettings = () => Promise<{ default: Component<{ close: () => void }> }>;

/** Loads the dialog that calls a person out of this call into one of their own. */
export type LoadCallPerson = () => Promise<{
	default: Component<{ person: Author; close: () => void }>;
}>;

/** What the parts of a call's page ask of it. */
export class CallTools {
	readonly toasts: Toasts;
	readonly stage: StageState;
	/** Opens the chat with a person, or the room's for null. */
	readonly write: (person: PersonId | null) => void;
	/** The dialog that is open. */
	dialog = $state<DialogName | null>(null);

	/** The panel that is open: one at a time. */
	panel = $state<PanelName | null>(null);
	/** What was said last: another object each time. */
	said = $state.raw<{ readonly text: string } | null>(null);
	/** Whether the menu of the button that leaves is open. */
	leaving = $state(false);
	/** The call in a window of its own; null until its code is there, and where the browser has none. */
	pip = $state.raw<PictureInPicture | null>(null);
	/** What was pressed before the code of the keys was there; null from then on. */
	earlyKeys: KeyboardEvent[] | null = [];
	/** Says why one cannot unmute. It is there once what a call tells is. */
	tellMuted = (): void => undefined;
	/** Null where nobody can be called. */
	loadCallPerson: LoadCallPerson | null = null;
	readonly #call: Pick<CallView, 'you' | 'raiseHand'>;

	constructor(
		call: Pick<CallView, 'you' | 'raiseHand'>,
		{ toasts, stage, write }: Pick<CallTools, 'toasts' | 'stage' | 'write'>,
	) {
		this.#call = call;
		this.toasts = toasts;
		this.stage = stage;
		this.write = write;
	}

	get handRaised(): boolean {
		return (this.#call.you.inside?.hand ?? null) !== null;
	}

	togglePanel(chosen: PanelName): void {
		this.panel = this.panel === chosen ? null : chosen;
	}

	toggleHand(): Promise<void> {
		return this.attempt(this.#call.raiseHand(!this.handRaised));
	}

	/** Tells those who listen what a key did. */
	say(text: string): void {
		this.said = { text };
	}

	/** Says what became of a request that was refused. */
	async attempt(request: Promise<unknown>): Promise<void> {
		try {
			await request;
		} catch (error) {
			if (!(error instanceof CodedError)) throw error;
			this.toasts.warn("That didn't work", error.message);
		}
	}
}

export const [getLoadSettings, setLoadSettings] = createContext<LoadSettings>();
export const [getTools, setTools] = createContext<CallTools>();
