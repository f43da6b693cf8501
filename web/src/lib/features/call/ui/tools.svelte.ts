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

/** A panel beside the tiles. */
export type PanelName = 'people' | 'chat' | 'statistics';

/** Loads the dialog that adds a person. The page provides it, because contacts lie in a layer above the call. */
export type LoadAddPerson = () => Promise<{
	default: Component<{ roomId: RoomId; close: () => void }>;
}>;

/** Loads the settings. The page provides them, because accounts and contacts lie in layers above the call. */
export type LoadSettings = () => Promise<{ default: Component<{ close: () => void }> }>;

/** Loads the dialog that calls a person out of this call into a call of their own. */
export type LoadCallPerson = () => Promise<{
	default: Component<{ person: Author; close: () => void }>;
}>;

/** The state and the actions that the parts of a call's page share. */
export class CallTools {
	readonly toasts: Toasts;
	readonly stage: StageState;
	/** Opens the chat with a person, or the room's for null. */
	readonly write: (person: PersonId | null) => void;
	/** The dialog that is open. */
	dialog = $state<DialogName | null>(null);

	/** The panel that is open; only one can be. */
	panel = $state<PanelName | null>(null);
	/** Files that were dropped beside the chat, which takes them when it is there. */
	dropped = $state.raw<readonly File[]>([]);
	/** The last announcement for screen readers. Each is a new object, also if its text is the same. */
	said = $state.raw<{ readonly text: string } | null>(null);
	/** Whether the menu of the Leave button is open. */
	leaving = $state(false);
	/** Picture in picture; null until its code is loaded, and where the browser has none. */
	pip = $state.raw<PictureInPicture | null>(null);
	/** The keys that were pressed before the code of the shortcuts was loaded; null from then on. */
	earlyKeys: KeyboardEvent[] | null = [];
	/** Says why the person cannot unmute. It does nothing before the notices are loaded. */
	tellMuted = (): void => undefined;
	/** Null where the page cannot call people. */
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

	/** Tells screen readers what a key did. */
	say(text: string): void {
		this.said = { text };
	}

	/** Waits for a request, and shows why it was refused. */
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
