import type { DeviceProblem } from '../model.ts';

/** Why a device could not be opened, from what `getUserMedia` threw. */
export function problemOf(error: unknown): DeviceProblem {
	const name = error instanceof Error || error instanceof DOMException ? error.name : '';
	switch (name) {
		case 'NotAllowedError':
			// Only the words of the browser tell who refuses.
			return /system/i.test((error as Error).message) ? 'system' : 'refused';
		case 'SecurityError':
		// Old names, which some browsers still use.
		case 'PermissionDeniedError':
			return 'refused';
		case 'NotFoundError':
		case 'OverconstrainedError':
		case 'DevicesNotFoundError':
			return 'absent';
		default:
			return 'busy';
	}
}
