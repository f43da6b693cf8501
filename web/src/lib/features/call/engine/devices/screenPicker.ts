import type { ShareMode, ShareProblem } from '../model.ts';

/** What of the picker's options the library of types does not know yet; browsers ignore what they do not. */
type PickerOptions = DisplayMediaStreamOptions & {
	audio: MediaTrackConstraints & {
		restrictOwnAudio?: boolean;
		suppressLocalAudioPlayback: boolean;
	};
	selfBrowserSurface: 'include' | 'exclude';
	surfaceSwitching: 'include' | 'exclude';
	systemAudio: 'include' | 'exclude';
};

/** Pictures per second to ask for. */
export const shareFrameRates: Readonly<Record<ShareMode, number>> = { text: 15, motion: 30 };

/** Whether this browser can share the screen at all; those of phones cannot. */
export function canShareScreen(): boolean {
	// Pages that are not secure have no devices.
	const devices: Partial<MediaDevices> | undefined = navigator.mediaDevices;
	return typeof devices?.getDisplayMedia === 'function';
}

/**
 * Lets the person pick what to share. To be called right from what they clicked on. The sound comes as
 * it is. That of the whole system is only offered where the browser leaves this page's out of it:
 * otherwise the others would hear themselves.
 */
export function pickScreen(mode: ShareMode): Promise<MediaStream> {
	const { mediaDevices } = navigator;
	const leavesOutOwn = 'restrictOwnAudio' in mediaDevices.getSupportedConstraints();
	const options: PickerOptions = {
		video: { frameRate: { ideal: shareFrameRates[mode], max: shareFrameRates[mode] } },
		audio: {
			echoCancellation: false,
			noiseSuppression: false,
			autoGainControl: false,
			suppressLocalAudioPlayback: false,
			...(leavesOutOwn && { restrictOwnAudio: true }),
		},
		selfBrowserSurface: 'exclude',
		surfaceSwitching: 'include',
		systemAudio: leavesOutOwn ? 'include' : 'exclude',
	};
	return mediaDevices.getDisplayMedia(options);
}

/** Tells the encoder what the picture is for. Browsers ignore hints that they do not know. */
export function hintMode(track: MediaStreamTrack, mode: ShareMode): void {
	if (mode === 'text') track.contentHint = 'detail';
	track.contentHint = mode;
}

/** What picking came to when it failed; null where the person changed their mind. */
export function shareProblemOf(error: unknown): Exclude<ShareProblem, 'declined'> | null {
	const { name, message } =
		error instanceof Error || error instanceof DOMException ? error : { name: '', message: '' };
	if (name === 'AbortError') return null;
	if (name === 'SecurityError') return 'refused';
	// The same error for a person and for a system that says no: only the text tells them apart.
	if (name === 'NotAllowedError') return /system|policy/i.test(message) ? 'refused' : null;
	// Firefox, where the system forbids it.
	if (name === 'NotFoundError') return 'refused';
	return 'failed';
}
