import { detectDeviceAsync as detect, Device as AnyDevice } from 'mediasoup-client';
import type {
	AppData,
	Consumer,
	RtpEncodingParameters,
	Transport,
	TransportOptions,
} from 'mediasoup-client/types';
import {
	layersOf,
	planEncodings,
} from '../../../web/src/lib/features/call/engine/media/encodings.ts';
import { Certificate } from '../wire/mediaLeg.ts';
import { bulkFactory } from './bulk/bulkHandler.ts';
import { pageOf } from './pageModules.ts';

/*
 * mediasoup-client as a page has it. The page knows its transports, to read their statistics. And two things that WebRTC in
 * Node cannot do are made up for: encodings are not changed after they were negotiated, and a receiver has no statistics.
 */

const page = pageOf(import.meta.url);

export const detectDeviceAsync: typeof detect = () => detect(page.globals.navigator.userAgent);

export class Device extends AnyDevice {
	constructor(options: ConstructorParameters<typeof AnyDevice>[0]) {
		const { webRtc, bulk: folder, camera } = page;
		const { framesPerSecond } = camera;
		if (folder === null) super(options);
		else {
			const certificate = Certificate.in(folder);
			super({ handlerFactory: bulkFactory({ webRtc, certificate, framesPerSecond }) });
		}
	}

	override createSendTransport<Data extends AppData>(options: TransportOptions<Data>) {
		const transport = super.createSendTransport(options);
		const produce = transport.produce.bind(transport);
		transport.produce = ({ encodings, ...rest } = {}) =>
			produce({ ...rest, ...(encodings && { encodings: planned(encodings) }) });
		page.sending = transport;
		return transport;
	}

	override createRecvTransport<Data extends AppData>(options: TransportOptions<Data>) {
		const transport = super.createRecvTransport(options);
		const consume = transport.consume.bind(transport);
		transport.consume = async (about) => withStats(await consume(about), transport);
		page.receiving = transport;
		return transport;
	}
}

/** From the beginning as the client would have them for this camera. One that nobody wants is sent all the same. */
function planned(encodings: RtpEncodingParameters[]): RtpEncodingParameters[] {
	if (encodings.length === 1) return encodings;
	const { width, height } = page.camera;
	const plan = planEncodings(encodings.length, layersOf(width, height), undefined);
	return encodings.map((encoding, index) => ({ ...encoding, ...plan[index] }));
}

function withStats<Data extends AppData>(
	consumer: Consumer<Data>,
	transport: Pick<Transport, 'getStats'>,
): Consumer<Data> {
	const getStats = async () => {
		const all: Iterable<[string, { trackIdentifier?: string }]> = await transport.getStats();
		return new Map([...all].filter(([, stat]) => stat.trackIdentifier === consumer.track.id));
	};
	if (consumer.rtpReceiver)
		Object.defineProperty(consumer.rtpReceiver, 'getStats', { value: getStats });
	return consumer;
}
