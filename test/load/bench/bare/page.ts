/**
 * The page of the bare server: mediasoup-client, and what it needs to send a camera and a microphone and to show what another
 * page sends. `#send` in its address says that it shows nothing and sends. Everything is asked as early as it can be, and what
 * does not depend on each other at the same time.
 */
import { Device } from 'mediasoup-client';
import type { ConsumerOptions, RtpCapabilities, Transport } from 'mediasoup-client/types';
import { io, type Socket } from 'socket.io-client';
import type { BareRequests, Direction } from './protocol.ts';

const button = document.querySelector('button') as HTMLButtonElement;
const video = document.querySelector('video') as HTMLVideoElement;

/** Two sizes: of a camera of 640 by 360 Chromium sends no more. */
const encodings = [
	{ scaleResolutionDownBy: 2, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
	{ scaleResolutionDownBy: 1, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
];

type Asked<N extends keyof BareRequests> = Parameters<BareRequests[N]>[0];
type Answered<N extends keyof BareRequests> = Parameters<Parameters<BareRequests[N]>[1]>[0];

async function join(): Promise<void> {
	const devices = navigator.mediaDevices.getUserMedia({ audio: true, video: true });
	const socket: Socket<Record<string, never>, BareRequests> = io({ transports: ['websocket'] });
	const ask = <N extends keyof BareRequests>(name: N, given: Asked<N>): Promise<Answered<N>> =>
		(socket as Socket).emitWithAck(name, given) as Promise<Answered<N>>;

	const [capabilities, sendOptions, recvOptions] = await Promise.all([
		ask('capabilities', {}),
		ask('transport', { direction: 'send' }),
		ask('transport', { direction: 'recv' }),
	]);
	const device = new Device();
	await device.load({ routerRtpCapabilities: capabilities as RtpCapabilities });
	const wire = (transport: Transport, direction: Direction): Transport => {
		transport.on('connect', ({ dtlsParameters }, done, fail) => {
			ask('connect-transport', { direction, dtlsParameters }).then(done, fail);
		});
		transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
			ask('produce', { kind, rtpParameters, appData }).then(done, fail);
		});
		return transport;
	};
	const send = async (): Promise<void> => {
		const transport = wire(device.createSendTransport(sendOptions), 'send');
		const [microphone] = (await devices).getAudioTracks();
		const [camera] = (await devices).getVideoTracks();
		if (!microphone || !camera) throw new Error('there is no camera or no microphone');
		await Promise.all([
			transport.produce({ track: microphone }),
			transport.produce({
				track: camera,
				encodings,
				codecOptions: { videoGoogleStartBitrate: 1000 },
			}),
		]);
		performance.mark('parley:sent');
	};
	const receive = async (): Promise<void> => {
		const transport = wire(device.createRecvTransport(recvOptions), 'recv');
		const options = await ask('consume', { rtpCapabilities: device.recvRtpCapabilities });
		const consumers = await Promise.all(
			(options as ConsumerOptions[]).map((each) => transport.consume(each)),
		);
		video.srcObject = new MediaStream(consumers.map(({ track }) => track));
		video.requestVideoFrameCallback(() => performance.mark('parley:first-frame'));
		await ask('resume', {});
	};
	await Promise.all([send(), location.hash === '#send' ? null : receive()]);
}

button.onclick = () => void join();
button.disabled = false;
