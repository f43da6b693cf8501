import type { DeviceProblem, DeviceState } from './call/model.ts';

export type Device = 'microphone' | 'camera';

/** What is wrong with a device, and what its owner can do. */
export type DeviceWords = { title: string; help: string };

type Named = { The: string; it: string; is: string; was: string; without: string };
const names: Record<Device | 'both', Named> = {
	microphone: {
		The: 'The microphone',
		it: 'microphone',
		is: 'is',
		was: 'was',
		without: 'Others will not hear you',
	},
	camera: {
		The: 'The camera',
		it: 'camera',
		is: 'is',
		was: 'was',
		without: 'Others will not see you',
	},
	both: {
		The: 'The microphone and camera',
		it: 'microphone and camera',
		is: 'are',
		was: 'were',
		without: 'Others will neither hear nor see you',
	},
};

/** Says in words why a device, or both, is not on; joining stays possible in every case. */
export function deviceWords(device: Device | 'both', problem: DeviceProblem): DeviceWords {
	const { The, it, is, was, without } = names[device];
	switch (problem) {
		case 'refused':
			return {
				title: `${The} ${is} not allowed`,
				help: `To allow it, click the icon beside the page's address, allow ${it}, and turn it on again here. ${without} until then.`,
			};
		case 'absent':
			return {
				title: `${The} ${was} not found`,
				help: `Plug one in and turn it on again here. ${without} until then.`,
			};
		case 'busy':
			return {
				title: `${The} did not start`,
				help: `Another program may be using it: close that, then turn it on again here. ${without} until then.`,
			};
		case 'insecure':
			return {
				title: `This page may not use the ${it}`,
				help: `Browsers allow that only to pages opened with https:// or on localhost. Ask whoever runs this server for its https address. ${without} on this one.`,
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
