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

/** What the window shows, and does. */
export type PipCall = {
	readonly call: CallView;
	readonly stage: StageState;
	readonly toggleMicrophone: () => void;
	readonly toggleCamera: () => void;
};

/** How long a picture may take to begin before there is none to show, in milliseconds. */
const patience = 3000;

/** A browser's own names for what it offers are ahead of the types. */
const enter = 'enterpictureinpicture' as MediaSessionAction;

/**
 * The call in a small window that stays in front: a document with buttons where the browser has such windows,
 * a picture where it has only those. Opened by the person, or by the browser when they look at another tab.
 */
export class PictureInPicture {
	readonly #options: PipCall & { readonly toasts: Toasts };
	/** Ends what is open. */
	#end: (() => void) | null = $state.raw(null);
	#opening = false;
	/** Whether the browser opened it, because the page was hidden. */
	#byItself = false;
	#closed = false;

	constructor(options: PipCall & { readonly toasts: Toasts }) {
		this.#options = options;
		if (!this.possible) return;
		this.#handle(() => void this.#open(true));
		document.addEventListener('visibilitychange', this.#onVisibility);
	}

	/** Whether the browser has such windows at all. */
	get possible(): boolean {
		return canOpenWindow() || document.pictureInPictureEnabled;
	}

	/** Whether one is open. Reactive. */
	get on(): boolean {
		return this.#end !== null;
	}

	/** To be called right from a click or a key. */
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

	/** Browsers that do not open windows by themselves do not know the action. */
	#handle(handler: (() => void) | null): void {
		try {
			navigator.mediaSession.setActionHandler(enter, handler);
		} catch {
			// The person can still open it.
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
			// Nobody asked for what the browser does by itself.
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
		// Its element and stream are there once its effects ran.
		flushSync();
		const video = component.element();
		const end = this.#once(() => {
			// A window that does not close is closed by the person.
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

	/** However it ends, by the person, the browser or the call, it does so once. */
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

/** Until there is a picture. @throws when none comes */
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
