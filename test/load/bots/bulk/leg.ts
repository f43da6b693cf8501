import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { bindingRequest } from '../../bench/wire/stun.ts';
import { exportedBytes, Srtp } from './srtp.ts';

/** How long a handshake may take, and after how long the path is proved again as long as nobody answers, in ms. */
const patience = { handshake: 30_000, proof: 500 } as const;
/** How often the path is proved anew, in ms: the service gives one up that is silent for longer. */
const consent = 5000;
/** What the socket holds while the process is busy, in bytes. */
const buffer = 4 * 1024 * 1024;

type Credentials = { usernameFragment: string; password: string };
export type Remote = {
	iceParameters: Credentials;
	iceCandidates: readonly { address: string; port: number; protocol: string }[];
};

/**
 * The end of a WebRTC transport that has no encoder and no decoder: ICE by a few bytes of its own, DTLS by
 * `openssl s_client`, SRTP with AES-128-GCM. What comes is handed on as it is, encrypted but for its header.
 */
export class Leg {
	readonly #socket: Socket = createSocket({ type: 'udp4', recvBufferSize: buffer });
	/** Where packets of DTLS are handed to openssl. */
	readonly #relay = createSocket('udp4');
	readonly #candidates: Remote['iceCandidates'];
	readonly #folder: string;
	#credentials: Credentials;
	#proving: ReturnType<typeof setInterval> | null = null;
	#openssl: ChildProcess | null = null;
	#opensslPort = 0;
	#closed = false;

	/**
	 * @param folder with the certificate that the service was told of, `cert.pem`, and its `key.pem`.
	 * @param came is given each packet of RTP and RTCP.
	 */
	constructor(
		{ iceParameters, iceCandidates }: Remote,
		folder: string,
		came: (packet: Buffer) => void,
	) {
		this.#credentials = iceParameters;
		this.#candidates = iceCandidates;
		this.#folder = folder;
		this.#socket.on('message', (packet) => {
			const first = packet[0] ?? 0;
			if (first >= 128 && first < 192) came(packet);
			else if (first >= 20 && first < 64 && this.#opensslPort)
				this.#relay.send(packet, this.#opensslPort, '127.0.0.1');
		});
		this.#relay.on('message', (packet, { port }) => {
			this.#opensslPort = port;
			this.send(packet);
		});
		// A service that is gone refuses packets: its silence tells that already.
		this.#socket.on('error', () => undefined);
	}

	/** Proves the path and shakes hands. @returns what encrypts the packets that are sent. */
	async connect(): Promise<Srtp> {
		try {
			await this.#reach();
			this.#relay.bind(0, '127.0.0.1');
			await once(this.#relay, 'listening');
			return new Srtp(await this.#shakeHands(this.#relay.address().port));
		} finally {
			this.#relay.close();
		}
	}

	/** The service has other credentials from now on. */
	renew(credentials: Credentials): void {
		this.#credentials = credentials;
		this.#prove(consent);
	}

	send(packet: Buffer): void {
		if (!this.#closed) this.#socket.send(packet);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#proving) clearInterval(this.#proving);
		this.#openssl?.kill('SIGKILL');
		this.#socket.close();
	}

	/** Proves the path, once and from then on. */
	async #reach(): Promise<void> {
		const candidate = this.#candidates.find(
			({ protocol, address }) => protocol === 'udp' && !address.includes(':'),
		);
		if (!candidate) throw new Error('The service offers no path over UDP and IPv4.');
		this.#socket.connect(candidate.port, candidate.address);
		await once(this.#socket, 'connect');
		const signal = AbortSignal.timeout(patience.handshake);
		const proved = once(this.#socket, 'message', { signal });
		this.#prove(patience.proof);
		await proved;
		this.#prove(consent);
	}

	/** Proves the path now, and again each time that so many ms have passed. */
	#prove(every: number): void {
		const prove = () => this.send(bindingRequest(this.#credentials));
		if (this.#proving) clearInterval(this.#proving);
		this.#proving = setInterval(prove, every);
		prove();
	}

	/** The keying material that DTLS exports. */
	async #shakeHands(port: number): Promise<Buffer> {
		const openssl = spawn('openssl', [
			...['s_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`],
			...['-cert', join(this.#folder, 'cert.pem'), '-key', join(this.#folder, 'key.pem')],
			...['-use_srtp', 'SRTP_AEAD_AES_128_GCM', '-keymatexport', 'EXTRACTOR-dtls_srtp'],
			...['-keymatexportlen', String(exportedBytes)],
		]);
		this.#openssl = openssl;
		try {
			return await new Promise((resolve, reject) => {
				let said = '';
				const fail = () => reject(new Error(`DTLS did not begin: ${said.slice(-200)}`));
				setTimeout(fail, patience.handshake).unref();
				const hear = (words: Buffer) => {
					said += words.toString();
					const material = /Keying material: ([0-9A-F]+)/.exec(said)?.[1];
					if (material && material.length >= 2 * exportedBytes)
						resolve(Buffer.from(material, 'hex'));
				};
				openssl.stdout.on('data', hear);
				openssl.stderr.on('data', hear);
				openssl.once('error', reject);
				openssl.once('exit', fail);
			});
		} finally {
			// Killed, it says no farewell, and the session goes on.
			openssl.kill('SIGKILL');
		}
	}
}
