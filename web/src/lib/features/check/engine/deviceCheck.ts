import { problemOf } from '#lib/features/call/engine/devices/deviceProblem.ts';
import {
	anything,
	openDevice,
	type DeviceKind,
} from '#lib/features/call/engine/devices/deviceOpening.ts';
import type { Findings } from './findings.ts';

/** Opens a device for a moment, for which the browser asks the person. Never rejects. */
export async function tryDevice(kind: DeviceKind): Promise<Findings[DeviceKind]> {
	// Browsers open devices only for pages that came over a secure connection.
	if (!window.isSecureContext) return { kind: 'bad', problem: 'insecure' };
	try {
		(await openDevice(kind, anything)).stop();
		return { kind: 'good' };
	} catch (error) {
		return { kind: 'bad', problem: problemOf(error) };
	}
}
