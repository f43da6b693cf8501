import type { DeviceProblem, DeviceState } from './call/model.ts';

export type Device = 'microphone' | 'camera';

/** Whether a device is on, or will be in a moment. */
export const isOn = ({ kind }: DeviceState): boolean => kind === 'on' || kind === 'starting';

/** What is wrong with a device, and what its owner can do. */
export type DeviceWords = { title: string; help: string };

/** Says in words why a device, or both, is not on; joining stays possible in every case. */
export function deviceWords(device: Device | 'both', problem: DeviceProblem): DeviceWords {
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
				title: 'The microphone is not allowed',
				help: "To allow it, click the icon beside the page's address, allow the microphone, and turn it on again here. Others will not hear you until then.",
			};
		case 'absent':
			return {
				title: 'The microphone was not found',
				help: 'Plug one in and turn it on again here. Others will not hear you until then.',
			};
		case 'busy':
			return {
				title: 'The microphone did not start',
				help: 'Another program may be using it: close that, then turn it on again here. Others will not hear you until then.',
			};
		case 'insecure':
			return {
				title: 'This page may not use the microphone',
				help: 'Browsers allow that only to pages opened with https:// or on localhost. Ask whoever runs this server for its https address. Others will not hear you on this one.',
			};
	}
}

function cameraWords(problem: DeviceProblem): DeviceWords {
	switch (problem) {
		case 'refused':
			return {
				title: 'The camera is not allowed',
				help: "To allow it, click the icon beside the page's address, allow the camera, and turn it on again here. Others will not see you until then.",
			};
		case 'absent':
			return {
				title: 'The camera was not found',
				help: 'Plug one in and turn it on again here. Others will not see you until then.',
			};
		case 'busy':
			return {
				title: 'The camera did not start',
				help: 'Another program may be using it: close that, then turn it on again here. Others will not see you until then.',
			};
		case 'insecure':
			return {
				title: 'This page may not use the camera',
				help: 'Browsers allow that only to pages opened with https:// or on localhost. Ask whoever runs this server for its https address. Others will not see you on this one.',
			};
	}
}

function bothWords(problem: DeviceProblem): DeviceWords {
	switch (problem) {
		case 'refused':
			return {
				title: 'The microphone and camera are not allowed',
				help: "To allow them, click the icon beside the page's address, allow microphone and camera, and turn them on again here. Others will neither hear nor see you until then.",
			};
		case 'absent':
			return {
				title: 'The microphone and camera were not found',
				help: 'Plug them in and turn them on again here. Others will neither hear nor see you until then.',
			};
		case 'busy':
			return {
				title: 'The microphone and camera did not start',
				help: 'Another program may be using them: close that, then turn them on again here. Others will neither hear nor see you until then.',
			};
		case 'insecure':
			return {
				title: 'This page may not use the microphone and camera',
				help: 'Browsers allow that only to pages opened with https:// or on localhost. Ask whoever runs this server for its https address. Others will neither hear nor see you on this one.',
			};
	}
}

/** What to tell about both devices: once, where they have the same problem. */
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
