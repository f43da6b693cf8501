import { createSocket } from 'node:dgram';
import { connect, isIP } from 'node:net';
import { bindingRequest, isAnswerTo } from './stun.ts';

/** How long an answer may take, and after how long a packet is sent again, in ms. */
const answerTimeout = 3_000;
const again = 300;

export type Candidate = { address: string; port: number; protocol: 'udp' | 'tcp' };
export type IceCredentials = { usernameFragment: string; password: string };

/** The username fragment of our end, which the engine does not check. */
const ownFragment = 'doctor';

/** Whether a media port answers a check of ICE, as a browser sends it first. Never rejects. */
export const answersIce = (candidate: Candidate, credentials: IceCredentials): Promise<boolean> =>
	(candidate.protocol === 'udp' ? byUdp : byTcp)(
		candidate,
		bindingRequest(credentials, ownFragment),
	);

function byUdp({ address, port }: Candidate, request: Buffer): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
	const send = () => socket.send(request, port, address, (error) => error && resolve(false));
	const sending = setInterval(send, again);
	const timer = setTimeout(() => resolve(false), answerTimeout);
	socket.on('error', () => resolve(false));
	socket.on('message', (message) => isAnswerTo(request, message) && resolve(true));
	send();
	return promise.finally(() => {
		clearInterval(sending);
		clearTimeout(timer);
		socket.close();
	});
}

/** Over TCP each message comes behind its length (RFC 4571). */
function byTcp({ address, port }: Candidate, request: Buffer): Promise<boolean> {
	const { promise, resolve } = Promise.withResolvers<boolean>();
	const length = Buffer.alloc(2);
	length.writeUInt16BE(request.length);
	let received: Buffer = Buffer.alloc(0);
	const socket = connect(port, address, () => socket.write(Buffer.concat([length, request])));
	socket.setTimeout(answerTimeout, () => resolve(false));
	socket.on('error', () => resolve(false));
	socket.on('close', () => resolve(false));
	socket.on('data', (bytes: Buffer) => {
		received = Buffer.concat([received, bytes]);
		if (isAnswerTo(request, received.subarray(2))) resolve(true);
	});
	return promise.finally(() => socket.destroy());
}
