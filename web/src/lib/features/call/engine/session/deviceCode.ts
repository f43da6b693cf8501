import type { Device } from 'mediasoup-client/types';
import { CodedError } from '#shared/errors.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import { toEngineCapabilities } from '../media/rtp.ts';

/**
 * mediasoup-client, loaded when a call page needs it, and the device of this browser. Routers of one
 * server can all do the same, so that one loaded device serves one lobby after the other.
 */
export class DeviceCode {
	#code: Promise<() => Promise<Device>> | null = null;
	#loaded: { key: string; device: Promise<Device> } | null = null;

	/** Fetches the code and finds out which browser this is. Best begun early. */
	preload(): Promise<unknown> {
		// mediasoup-client notices by itself if the browser has no media engine.
		if (!this.#code) startMediaEngine().catch(() => undefined);
		this.#code ??= load().catch((error: unknown) => {
			this.#code = null;
			throw error;
		});
		return this.#code;
	}

	/** The device for such a router. Throws BAD_MEDIA where this browser cannot make calls. */
	for(routerRtpCapabilities: RtpCapabilities): Promise<Device> {
		const key = JSON.stringify(routerRtpCapabilities);
		if (this.#loaded?.key === key) return this.#loaded.device;
		const device = this.#make(routerRtpCapabilities);
		this.#loaded = { key, device };
		device.catch(() => (this.#loaded = null));
		return device;
	}

	async #make(routerRtpCapabilities: RtpCapabilities): Promise<Device> {
		await this.preload();
		const make = await this.#code;
		if (!make) throw new CodedError('UNAVAILABLE');
		const device = await make();
		await device.load({ routerRtpCapabilities: toEngineCapabilities(routerRtpCapabilities) });
		return device;
	}
}

function notLoaded(): CodedError {
	return new CodedError('UNAVAILABLE', "Part of the page didn't load. Reload to try again.");
}

function noCallsHere(): CodedError {
	return new CodedError('BAD_MEDIA', "This browser doesn't support video calls.");
}

/** Starts the browser's media engine: the first offer of a page takes several times as long as later ones. */
async function startMediaEngine(): Promise<void> {
	const connection = new RTCPeerConnection();
	try {
		connection.addTransceiver('video');
		await connection.createOffer();
	} finally {
		connection.close();
	}
}

async function load(): Promise<() => Promise<Device>> {
	const { Device, detectDeviceAsync } = await loadPart(() => import('mediasoup-client')).catch(
		() => {
			throw notLoaded();
		},
	);
	const handlerName = await detectDeviceAsync();
	if (!handlerName) throw noCallsHere();
	return async () => new Device({ handlerName });
}
