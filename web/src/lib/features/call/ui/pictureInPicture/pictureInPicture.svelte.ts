import { flushSync, mount, unmount } from 'svelte';
import { on } from 'svelte/events';
import type { Toasts } from '#lib/features/call/ui/notices/toasts.svelte.ts';
import { shortcuts } from '#lib/browser/shortcuts.ts';
import { settings } from '#lib/preferences/settings.svelte.ts';
import type { StageState } from '#lib/features/call/state/stageState.svelte.ts';
import type { CallView } from '#lib/features/call/state/view.ts';
import { canOpenWindow, openWindow } from './documentWindow.ts';
import PipVideo from './PipVideo.svelte';
import PipWindow from './PipWindow.svelte';

/** What the window shows, and the actions of its buttons. */
export type PipCall = {
	readonly call: CallView;
	readonly stage: StageState;
	readonly toggleMicrophone: () => void;
	readonly toggleCamera: () => void;
};

/** How long a video may take to begin, in milliseconds, before the window is given up. */
const patience = 3000;

/** The action of the Media Session API that browsers have and TypeScript's types do not. */
const enter = 'enterpictureinpicture' as MediaSessionAction;

/**
 * The call in a small window that stays in front: a document with buttons where the browser can show one, or else a
 * video. The person opens it, or the browser does when the person looks at another tab.
 */
export class PictureInPicture {
	readonly #options: PipCall & { readonly toasts: Toasts };
	/** Closes the window; null while none is open. */
	#end: (() => void) | null = $state.raw(null);
	#opening = false;
	/** Whether the browser opened the window, because the page was hidden. */
	#byItself = false;
	#closed = false;

	constructor(options: PipCall & { readonly toasts: Toasts }) {
		this.#options = options;
		if (!this.possible) return;
		this.#handle(() => void this.#open(true));
		document.addEventListener('visibilitychange', this.#onVisibility);
	}

	/** Whether the browser has one of the two kinds of window. */
	get possible(): boolean {
		return canOpenWindow() || document.pictureInPictureEnabled;
	}

	/** Whether the window is open. Reactive. */
	get on(): boolean {
		return this.#end !== null;
	}

	/** Opens or closes the window. To be called directly from a click or a key press. */
	toggle(): void {
		if (this.#end) this.#end();
		else void this.#open(false);
	}

	close(): void {
		this.#closed = true;
		document.removeEventListener('visibilitychange', this.#onVisibility);
		if (this.possible) this.#handle(null);
		this.#end?.();
	}

	/** Browsers that never open the window by themselves do not know the action, and throw. */
	#handle(handler: (() => void) | null): void {
		try {
			navigator.mediaSession.setActionHandler(enter, handler);
		} catch {
			// The person can still open the window.
		}
	}

	readonly #onVisibility = (): void => {
		if (document.visibilityState === 'visible' && this.#byItself) this.#end?.();
	};

	async #open(byItself: boolean): Promise<void> {
		if (this.#opening || this.#end || this.#closed) return;
		this.#opening = true;
		try {
			const end = canOpenWindow() ? await this.#openDocument() : await this.#openVideo();
			this.#byItself = byItself;
			this.#end = end;
			if (this.#closed) end();
		} catch {
			// The person did not ask for the window that the browser opens by itself.
			if (!byItself) this.#sayWhy();
		} finally {
			this.#opening = false;
		}
	}

	#sayWhy(): void {
		const { toasts } = this.#options;
		if (canOpenWindow())
			toasts.warn("The window didn't open", "Your browser didn't allow it. Try again.");
		else toasts.warn('Nothing to show', "No one else's camera is on.");
	}

	async #openDocument(): Promise<() => void> {
		const { toggleMicrophone: m, toggleCamera: v } = this.#options;
		const pip = await openWindow();
		const component = mount(PipWindow, { target: pip.document.body, props: this.#options });
		const offKeys = on(
			pip,
			'keydown',
			shortcuts({ m, v }, () => settings.singleKeys),
		);
		const end = this.#once(() => {
			offKeys();
			void unmount(component);
			pip.close();
		});
		pip.addEventListener('pagehide', end);
		return end;
	}

	/** @throws when there is no picture, or the browser refuses */
	async #openVideo(): Promise<() => void> {
		const component = mount(PipVideo, { target: document.body, props: this.#options });
		// The video has its element and its stream after the effects have run.
		flushSync();
		const video = component.element();
		const end = this.#once(() => {
			// If the window does not close, the person can close it.
			if (document.pictureInPictureElement === video)
				document.exitPictureInPicture().catch(() => undefined);
			void unmount(component);
		});
		try {
			if (video.readyState === HTMLMediaElement.HAVE_NOTHING) await begun(video);
			await video.requestPictureInPicture();
		} catch (error) {
			end();
			throw error;
		}
		video.addEventListener('leavepictureinpicture', end);
		return end;
	}

	/** The window ends once, whether the person, the browser or the call closes it. */
	#once(act: () => void): () => void {
		let ended = false;
		return () => {
			if (ended) return;
			ended = true;
			this.#end = null;
			act();
		};
	}
}

/**
 * Resolves when the video has a picture.
 *
 * @throws when none comes in time
 */
function begun(video: HTMLVideoElement): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error('no picture')), patience);
		const done = () => {
			clearTimeout(timer);
			resolve();
		};
		video.addEventListener('loadedmetadata', done, { once: true });
	});
}
