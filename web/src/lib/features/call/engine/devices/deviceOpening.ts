import { problemOf } from './deviceProblem.ts';
import { cameraSize } from '../media/encodings.ts';
import type { AudioProcessing } from '../model.ts';

/** What the browser itself does to a voice. */
type BrowserProcessing = Omit<AudioProcessing, 'strongSuppression' | 'musicMode'>;

export type DeviceKind = 'microphone' | 'camera';

/** Which way a camera of a phone looks. */
export type Facing = 'user' | 'environment';

/** What to open of a kind. */
export type DeviceRequest = {
	/** This one, if it is there; null leaves it to the browser. */
	deviceId: string | null;
	/** For a microphone. */
	processing?: BrowserProcessing | 'music';
	/** For a camera, where no certain one is wished for. */
	facing?: Facing;
};

/** The wish of a person who chose nothing. */
export const anything: DeviceRequest = { deviceId: null };

const allProcessing: BrowserProcessing = {
	echoCancellation: true,
	noiseSuppression: true,
	autoGainControl: true,
};
/** In stereo, and as it is. */
const music: MediaTrackConstraints = {
	echoCancellation: false,
	noiseSuppression: false,
	autoGainControl: false,
	channelCount: 2,
};

/**
 * What a wish is to the browser. A device is named exactly: as one wish among several it would be outweighed by
 * another device that has the size of picture which is wished for.
 */
export function constraintsFor(kind: DeviceKind, wish: DeviceRequest): MediaStreamConstraints {
	const { deviceId: id, processing = allProcessing, facing = 'user' } = wish;
	const deviceId = id === null ? {} : { deviceId: { exact: id } };
	if (kind === 'microphone')
		return { audio: { ...(processing === 'music' ? music : processing), ...deviceId } };
	return {
		video: {
			width: { ideal: cameraSize.width },
			height: { ideal: cameraSize.height },
			frameRate: { ideal: 30 },
			...(id === null ? { facingMode: facing } : deviceId),
		},
	};
}

/** Opens what is wished for and nothing else. Throws what the browser throws. */
export async function openExactly(
	kind: DeviceKind,
	wish: DeviceRequest,
): Promise<MediaStreamTrack> {
	const { mediaDevices } = navigator;
	const [track] = (await mediaDevices.getUserMedia(constraintsFor(kind, wish))).getTracks();
	if (!track) throw new DOMException('The browser gave no track.', 'NotReadableError');
	const voice = wish.processing === 'music' ? 'music' : 'speech';
	track.contentHint = kind === 'camera' ? 'motion' : voice;
	return track;
}

/** Opens what is wished for, or another of its kind where that is absent. Throws what the browser throws. */
export async function openDevice(kind: DeviceKind, wish: DeviceRequest): Promise<MediaStreamTrack> {
	try {
		return await openExactly(kind, wish);
	} catch (error) {
		if (wish.deviceId === null || problemOf(error) !== 'absent') throw error;
		return openExactly(kind, { ...wish, deviceId: null });
	}
}

/** Whether the person allows such devices; null where the browser does not say. */
export async function permissionFor(kind: DeviceKind): Promise<PermissionState | null> {
	try {
		return (await navigator.permissions.query({ name: kind })).state;
	} catch {
		// A browser that does not know the question does not say.
		return null;
	}
}
