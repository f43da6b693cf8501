import { ifPossible } from './ifPossible.ts';

/** What the keys of a keyboard, the buttons of a headset and the browser's own controls can do in a call. */
type MediaKey = 'togglemicrophone' | 'togglecamera' | 'hangup';

type Session = Pick<MediaSession, 'setMicrophoneActive' | 'setCameraActive'> & {
	setActionHandler(action: MediaKey, handler: (() => void) | null): void;
};

/** The types of the library know fewer actions than browsers do. Browsers may lack each part of it. */
const session = (): Session => navigator.mediaSession as object as Session;

/**
 * Does this for media keys, where the browser passes them on.
 *
 * @returns what ends that.
 */
export function onMediaKeys(actions: Record<MediaKey, () => void>): () => void {
	const keys = Object.keys(actions) as MediaKey[];
	for (const key of keys) ifPossible(() => session().setActionHandler(key, actions[key]));
	return () => {
		for (const key of keys) ifPossible(() => session().setActionHandler(key, null));
	};
}

/** Tells the browser, and by it headsets with a light, what is on. */
export function showOnMediaKeys({ microphone, camera }: Record<'microphone' | 'camera', boolean>) {
	// A browser that does not show it has said so by now.
	const ignore = () => undefined;
	void ifPossible(() => session().setMicrophoneActive(microphone))?.catch(ignore);
	void ifPossible(() => session().setCameraActive(camera))?.catch(ignore);
}
