import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DtlsParameters } from '../../../shared/rtp.ts';
import { bindingAnswer, bindingRequest, ownIce } from './stun.ts';
import { exportedBytes, Srtp } from './srtp.ts';

/** How long a handshake may take, and after how long the path is proved again as long as nobody answers, in ms. */
const patience = { handshake: 30_000, proof: 500 } as const;
/** How often the path is proved anew, in ms: the engine gives one up that is silent for longer. */
const consent = 5000;
/** What the socket holds while the process is busy, in bytes. */
const buffer = 4 * 1024 * 1024;

/** A certificate that all legs share, made by `openssl`, which does the handshakes too. */
export class Certificate {
	readonly folder: string;
	readonly dtlsParameters: DtlsParameters;

	private constructor(folder: string) {
		this.folder = folder;
		const { fingerprint256 } = new X509Certificate(readFileSync(join(folder, 'cert.pem')));
		const value = fingerprint256;
		this.dtlsParameters = { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] };
	}

	/** The one whose files stand in this folder. */
	static in(folder: string): Certificate {
		return new Certificate(folder);
	}

	/** @param folder where its files are to stand. @throws where there is no openssl. */
	static async make(folder: string): Promise<Certificate> {
		const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
		const given = ['req', '-x509', ...kind, ...files, '-subj', '/CN=load', '-days', '2'];
		await promisify(execFile)('openssl', given);
		return new Certificate(folder);
	}
}

type Credentials = { usernameFragment: string; password: string };
export type Remote = {
	iceParameters: Credentials;
	iceCandidates: readonly { address: string; port: number; protocol: string }[];
};

/**
 * One end of a WebRTC transport without a browser, an encoder and a decoder: ICE by a few bytes of its own, DTLS by
 * `openssl s_client`, SRTP with AES-128-GCM. What it receives is counted and not decrypted, so that a machine has its cores for
 * the sender of it.
 */
export class MediaLeg {
	readonly #socket: Socket = createSocket({ type: 'udp4', recvBufferSize: buffer });
	/** Where packets of DTLS are handed to openssl. */
	readonly #relay = createSocket('udp4');
	readonly #candidates: Remote['iceCandidates'];
	readonly #certificate: Certificate;
	#credentials: Credentials;
	#proving: ReturnType<typeof setInterval> | null = null;
	#openssl: ChildProcess | null = null;
	/** Null as long as no handshake is under way. */
	#opensslPort: number | null = null;
	#closed = false;
	/** Packets of RTP and RTCP that came. */
	received = 0;
	/** When the first packet of each payload type came, on the clock of `performance`. */
	readonly firstOf = new Map<number, number>();

	/** @param came is given each packet of RTP and RTCP, encrypted but for its header. */
	constructor(
		{ iceParameters, iceCandidates }: Remote,
		certificate: Certificate,
		came: (packet: Buffer) => void = () => undefined,
	) {
		this.#credentials = iceParameters;
		this.#candidates = iceCandidates;
		this.#certificate = certificate;
		this.#socket.on('message', (packet, from) => {
			const first = packet[0] ?? 0;
			if (first >= 128 && first < 192) {
				this.#count(packet);
				came(packet);
			} else if (first >= 20 && first < 64) {
				if (this.#opensslPort !== null) this.#relay.send(packet, this.#opensslPort, '127.0.0.1');
			} else if (packet.readUInt16BE(0) === 0x0001)
				this.send(bindingAnswer(packet, ownIce.password, from));
		});
		this.#relay.on('message', (packet, { port }) => {
			this.#opensslPort = port;
			this.send(packet);
		});
		// A service that is gone refuses packets: its silence tells that already.
		this.#socket.on('error', () => undefined);
	}

	/**
	 * Proves the path and shakes hands. The engine must know the fingerprint of the certificate by then.
	 *
	 * @returns what encrypts the packets that this leg sends.
	 */
	async connect(): Promise<Srtp> {
		try {
			await this.#reach();
			this.#relay.bind(0, '127.0.0.1');
			await once(this.#relay, 'listening');
			return new Srtp(await this.#shakeHands(this.#relay.address().port));
		} finally {
			this.#opensslPort = null;
			this.#relay.close();
		}
	}

	/** The engine has other credentials from now on. */
	renew(credentials: Credentials): void {
		this.#credentials = credentials;
		this.#proveEach(consent);
	}

	/** Proves the path anew. */
	prove(): void {
		this.send(bindingRequest(this.#credentials));
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
		if (!candidate) throw new Error('There is no candidate for UDP over IPv4.');
		this.#socket.connect(candidate.port, candidate.address);
		await once(this.#socket, 'connect');
		const signal = AbortSignal.timeout(patience.handshake);
		const proved = once(this.#socket, 'message', { signal });
		this.#proveEach(patience.proof);
		await proved;
		this.#proveEach(consent);
	}

	/** Proves the path now, and again each time that so many ms have passed. */
	#proveEach(ms: number): void {
		if (this.#proving) clearInterval(this.#proving);
		this.#proving = setInterval(() => this.prove(), ms);
		this.prove();
	}

	/** The keying material that DTLS exports. */
	async #shakeHands(port: number): Promise<Buffer> {
		const { folder } = this.#certificate;
		const openssl = spawn('openssl', [
			...['s_client', '-dtls1_2', '-connect', `127.0.0.1:${port}`],
			...['-cert', join(folder, 'cert.pem'), '-key', join(folder, 'key.pem')],
			...['-use_srtp', 'SRTP_AEAD_AES_128_GCM', '-keymatexport', 'EXTRACTOR-dtls_srtp'],
			...['-keymatexportlen', String(exportedBytes)],
		]);
		this.#openssl = openssl;
		let said = '';
		const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
		const fail = () => reject(new Error(`DTLS did not begin: ${said.slice(-500)}`));
		const timer = setTimeout(fail, patience.handshake);
		const hear = (words: Buffer) => {
			said += words.toString();
			const material = /Keying material: ([0-9A-F]+)/.exec(said)?.[1];
			if (material && material.length >= 2 * exportedBytes) resolve(Buffer.from(material, 'hex'));
		};
		openssl.stdout.on('data', hear);
		openssl.stderr.on('data', hear);
		openssl.once('error', reject);
		openssl.once('exit', fail);
		try {
			return await promise;
		} finally {
			clearTimeout(timer);
			// Killed, it says no farewell, and the session goes on.
			openssl.kill('SIGKILL');
		}
	}

	#count(packet: Buffer): void {
		this.received++;
		const payloadType = (packet[1] ?? 0) & 0x7f;
		if (!this.firstOf.has(payloadType)) this.firstOf.set(payloadType, performance.now());
	}
}
