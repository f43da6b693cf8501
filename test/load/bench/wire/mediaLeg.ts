import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DtlsParameters } from '../../../../shared/rtp.ts';
import { bindingAnswer, bindingRequest, ownIce } from './stun.ts';
import { exportedBytes, SrtpSender } from './srtp.ts';

/** How long a handshake may take, in ms. */
const patience = 20_000;
/** How often the path is proved anew, in ms: the engine gives one up that is silent for longer. */
const consent = 5000;

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
		const given = ['req', '-x509', ...kind, ...files, '-subj', '/CN=bench', '-days', '2'];
		await promisify(execFile)('openssl', given);
		return new Certificate(folder);
	}
}

export type Remote = {
	iceParameters: { usernameFragment: string; password: string };
	iceCandidates: readonly { address: string; port: number; protocol: string }[];
};

/**
 * One end of a WebRTC transport without a browser: ICE by a few bytes of its own, DTLS by `openssl s_client`, SRTP with
 * AES-128-GCM. What it receives is counted and not decrypted, so that a machine has its cores for the sender of it.
 */
export class MediaLeg {
	readonly #socket: Socket;
	readonly #remote: Remote;
	readonly #certificate: Certificate;
	#consent: NodeJS.Timeout | null = null;
	#openssl: ChildProcess | null = null;
	/** Where packets of DTLS are handed to openssl. */
	readonly #relay = createSocket('udp4');
	#opensslPort = 0;
	/** Packets of RTP and RTCP that came. */
	received = 0;
	/** When the first packet of each payload type came, on the clock of `performance`. */
	readonly firstOf = new Map<number, number>();

	constructor(remote: Remote, certificate: Certificate) {
		this.#remote = remote;
		this.#certificate = certificate;
		this.#socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
		this.#socket.on('message', (packet, from) => {
			const first = packet[0] ?? 0;
			if (first >= 128 && first < 192) this.#count(packet);
			else if (first >= 20 && first < 64 && this.#opensslPort)
				this.#relay.send(packet, this.#opensslPort, '127.0.0.1');
			else if (packet.readUInt16BE(0) === 0x0001)
				this.#socket.send(bindingAnswer(packet, ownIce.password, from));
		});
		this.#relay.on('message', (packet, { port }) => {
			this.#opensslPort = port;
			this.#socket.send(packet);
		});
	}

	/**
	 * Proves the path and shakes hands. The engine must know the fingerprint of the certificate by then.
	 *
	 * @returns encrypts what this leg sends.
	 */
	async connect(): Promise<SrtpSender> {
		const candidate = this.#remote.iceCandidates.find(({ protocol }) => protocol === 'udp');
		if (!candidate) throw new Error('there is no candidate for UDP');
		this.#socket.connect(candidate.port, candidate.address);
		await once(this.#socket, 'connect');
		const proved = once(this.#socket, 'message', { signal: AbortSignal.timeout(patience) });
		this.prove();
		await proved;
		this.#consent = setInterval(() => this.prove(), consent);
		this.#relay.bind(0, '127.0.0.1');
		await once(this.#relay, 'listening');
		const sender = new SrtpSender(await this.#shakeHands(this.#relay.address().port));
		// Killed, it says no farewell, and the session goes on.
		this.#openssl?.kill('SIGKILL');
		return sender;
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
		return new Promise((resolve, reject) => {
			let said = '';
			const late = () => reject(new Error(`DTLS did not begin: ${said.slice(-500)}`));
			const timer = setTimeout(late, patience);
			const hear = (words: Buffer) => {
				said += words.toString();
				const material = /Keying material: ([0-9A-F]+)/.exec(said)?.[1];
				if (!material || material.length < 2 * exportedBytes) return;
				clearTimeout(timer);
				resolve(Buffer.from(material, 'hex'));
			};
			openssl.stdout.on('data', hear);
			openssl.stderr.on('data', hear);
			openssl.once('error', reject);
			openssl.once('exit', late);
		});
	}

	#count(packet: Buffer): void {
		this.received++;
		const payloadType = (packet[1] ?? 0) & 0x7f;
		if (!this.firstOf.has(payloadType)) this.firstOf.set(payloadType, performance.now());
	}

	/** Proves the path anew. */
	prove(): void {
		this.#socket.send(bindingRequest(this.#remote.iceParameters));
	}

	send(packet: Buffer): void {
		this.#socket.send(packet);
	}

	close(): void {
		if (this.#consent) clearInterval(this.#consent);
		this.#openssl?.kill('SIGKILL');
		this.#socket.close();
		this.#relay.close();
	}
}
