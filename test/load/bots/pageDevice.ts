import { detectDeviceAsync as detect, Device as AnyDevice } from 'mediasoup-client';
import { pageOf } from './pageModules.ts';

/* mediasoup-client as a page has it: the page knows its transports, to read their statistics. */

const page = pageOf(import.meta.url);

export const detectDeviceAsync: typeof detect = () => detect(page.globals.navigator.userAgent);

export class Device extends AnyDevice {
	override createSendTransport(...options: Parameters<AnyDevice['createSendTransport']>) {
		return (page.sending = super.createSendTransport(...options));
	}

	override createRecvTransport(...options: Parameters<AnyDevice['createRecvTransport']>) {
		return (page.receiving = super.createRecvTransport(...options));
	}
}
