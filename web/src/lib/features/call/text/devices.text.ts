import type { DeviceKind } from '../engine/devices/deviceOpening.ts';
import type { DeviceProblem, DeviceState } from '../engine/model.ts';

/** The problem of a device, and what the person can do. */
export type DeviceWords = { title: string; help: string };

/** Says in words why a device, or both, is not on; joining stays possible in every case. */
export function deviceWords(device: DeviceKind | 'both', problem: DeviceProblem): DeviceWords {
	switch (device) {
		case 'microphone':
			return microphoneWords(problem);
		case 'camera':
			return cameraWords(problem);
		case 'both':
			return bothWords(problem);
	}
}

function microphoneWords(problem: DeviceProblem): DeviceWords {
	switch (problem) {
		case 'refused':
			return {
				title: 'Microphone is blocked',
				help: 'Click the icon next to the address bar, allow the microphone, then turn it on here. Until then, no one can hear you.',
			};
		case 'system':
			return {
				title: 'Your system blocks the microphone',
				help: 'Allow it for this browser in the privacy settings of your system, then turn it on here. Until then, no one can hear you.',
			};
		case 'absent':
			return {
				title: 'No microphone found',
				help: 'Plug one in, then turn it on here. Until then, no one can hear you.',
			};
		case 'busy':
			return {
				title: "Microphone didn't start",
				help: 'Another app may be using it. Close that app, then turn it on here. Until then, no one can hear you.',
			};
		case 'insecure':
			return {
				title: "This page can't use the microphone",
				help: 'Browsers only allow this on pages opened with https:// or on localhost. Ask the person who runs this server for its https address. Here, no one can hear you.',
			};
	}
}

function cameraWords(problem: DeviceProblem): DeviceWords {
	switch (problem) {
		case 'refused':
			return {
				title: 'Camera is blocked',
				help: 'Click the icon next to the address bar, allow the camera, then turn it on here. Until then, no one can see you.',
			};
		case 'system':
			return {
				title: 'Your system blocks the camera',
				help: 'Allow it for this browser in the privacy settings of your system, then turn it on here. Until then, no one can see you.',
			};
		case 'absent':
			return {
				title: 'No camera found',
				help: 'Plug one in, then turn it on here. Until then, no one can see you.',
			};
		case 'busy':
			return {
				title: "Camera didn't start",
				help: 'Another app may be using it. Close that app, then turn it on here. Until then, no one can see you.',
			};
		case 'insecure':
			return {
				title: "This page can't use the camera",
				help: 'Browsers only allow this on pages opened with https:// or on localhost. Ask the person who runs this server for its https address. Here, no one can see you.',
			};
	}
}

function bothWords(problem: DeviceProblem): DeviceWords {
	switch (problem) {
		case 'refused':
			return {
				title: 'Microphone and camera are blocked',
				help: 'Click the icon next to the address bar, allow both, then turn them on here. Until then, no one can see or hear you.',
			};
		case 'system':
			return {
				title: 'Your system blocks microphone and camera',
				help: 'Allow both for this browser in the privacy settings of your system, then turn them on here. Until then, no one can see or hear you.',
			};
		case 'absent':
			return {
				title: 'No microphone or camera found',
				help: 'Plug them in, then turn them on here. Until then, no one can see or hear you.',
			};
		case 'busy':
			return {
				title: "Microphone and camera didn't start",
				help: 'Another app may be using them. Close that app, then turn them on here. Until then, no one can see or hear you.',
			};
		case 'insecure':
			return {
				title: "This page can't use the microphone and camera",
				help: 'Browsers only allow this on pages opened with https:// or on localhost. Ask the person who runs this server for its https address. Here, no one can see or hear you.',
			};
	}
}

/** The system, or a switch on the device, mutes the microphone while it is on here. */
export const systemMutedWords = (): DeviceWords => ({
	title: 'Your system muted the microphone',
	help: 'Unmute it in the system settings, or with the switch on your device. Until then, no one can hear you.',
});

/** The problems of both devices, as one if they are the same. */
export function problemWords(microphone: DeviceState, camera: DeviceState): DeviceWords[] {
	const [heard, seen] = [microphone, camera].map((state) =>
		state.kind === 'problem' ? state.problem : null,
	);
	if (heard && heard === seen) return [deviceWords('both', heard)];
	return [
		...(heard ? [deviceWords('microphone', heard)] : []),
		...(seen ? [deviceWords('camera', seen)] : []),
	];
}
