import type { ShareMode, ShareProblem } from '../model.ts';

/** The options of the picker that TypeScript's types do not have yet. Browsers ignore options that they do not know. */
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

/** Whether this browser can share the screen. Browsers of phones cannot. */
export function canShareScreen(): boolean {
	// Pages that are not secure have no devices.
	const devices: Partial<MediaDevices> | undefined = navigator.mediaDevices;
	return typeof devices?.getDisplayMedia === 'function';
}

/**
 * Lets the person pick a screen to share. To be called directly from a click. The sound is not processed. The sound of
 * the whole system is offered only if the browser leaves out that of this page: otherwise the others would hear
 * themselves.
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

/** Tells the encoder what kind of picture the share is. Browsers ignore hints that they do not know. */
export function hintMode(track: MediaStreamTrack, mode: ShareMode): void {
	if (mode === 'text') track.contentHint = 'detail';
	track.contentHint = mode;
}

/** The problem of a failed pick; null if the person cancelled it. */
export function shareProblemOf(error: unknown): Exclude<ShareProblem, 'declined'> | null {
	const { name, message } =
		error instanceof Error || error instanceof DOMException ? error : { name: '', message: '' };
	if (name === 'AbortError') return null;
	if (name === 'SecurityError') return 'refused';
	// The error is the same whether the person or the system refuses: only the text tells them apart.
	if (name === 'NotAllowedError') return /system|policy/i.test(message) ? 'refused' : null;
	// Firefox throws this if the system forbids it.
	if (name === 'NotFoundError') return 'refused';
	return 'failed';
}
