import { problemOf } from './deviceProblem.ts';
import { cameraSize } from '../media/encodings.ts';
import type { AudioProcessing } from '../model.ts';

/** The processing of a voice that the browser itself does. */
type BrowserProcessing = Omit<AudioProcessing, 'strongSuppression' | 'musicMode'>;

export type DeviceKind = 'microphone' | 'camera';

/** Which way a camera of a phone looks. */
export type Facing = 'user' | 'environment';

/** The request for a device of a kind. */
export type DeviceRequest = {
	/** This one, if it is there; null leaves it to the browser. */
	deviceId: string | null;
	/** For a microphone. */
	processing?: BrowserProcessing | 'music';
	/** For a camera, if no certain device is requested. */
	facing?: Facing;
};

/** The wish of a person who chose nothing. */
export const anything: DeviceRequest = { deviceId: null };

const allProcessing: BrowserProcessing = {
	echoCancellation: true,
	noiseSuppression: true,
	autoGainControl: true,
};
/** Stereo sound without processing. */
const music: MediaTrackConstraints = {
	echoCancellation: false,
	noiseSuppression: false,
	autoGainControl: false,
	channelCount: 2,
};

/**
 * The constraints of the browser for a request. A device is requested exactly: as one wish among several, another
 * device with the requested size of picture would outweigh it.
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

/** Opens the requested device and no other. Throws the error of the browser. */
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

/** Opens the requested device, or another of its kind if it is absent. Throws the error of the browser. */
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
