import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { TestCertificate } from './testCertificate.ts';

/** What a push service was sent. */
export type Pushed = { path: string; headers: IncomingHttpHeaders; body: Buffer };

/** A push service on this machine, over HTTPS. Until it is closed, the process trusts its certificate. */
export class PushService extends EventEmitter<{ pushed: [Pushed] }> {
	/** All that it was sent so far. */
	readonly pushed: Pushed[] = [];
	/** What it answers. */
	status = 201;
	readonly certificate: TestCertificate;
	readonly #server: Server;
	readonly #trusted = getCACertificates();

	private constructor(certificate: TestCertificate) {
		super();
		this.certificate = certificate;
		setDefaultCACertificates([...this.#trusted, certificate.text]);
		const { cert, key } = certificate.files;
		this.#server = createServer(
			{ cert: readFileSync(cert), key: readFileSync(key) },
			(request, response) => {
				const parts: Buffer[] = [];
				request.on('data', (part: Buffer) => parts.push(part));
				request.on('end', () => {
					const { url: path = '', headers } = request;
					const pushed = { path, headers, body: Buffer.concat(parts) };
					this.pushed.push(pushed);
					response.writeHead(this.status).end();
					this.emit('pushed', pushed);
				});
			},
		);
	}

	static async open(): Promise<PushService> {
		const service = new PushService(await TestCertificate.make());
		service.#server.listen(0, '127.0.0.1');
		await once(service.#server, 'listening');
		return service;
	}

	get origin(): string {
		return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	close(): void {
		setDefaultCACertificates(this.#trusted);
		this.#server.close();
		this.#server.closeAllConnections();
		this.certificate.close();
	}
}

/** What a browser has of its subscription: its keys, and where its notifications go. */
export class PushedDevice {
	readonly path = `/${randomBytes(8).toString('hex')}`;
	readonly #service: PushService;
	readonly #own = createECDH('prime256v1');
	readonly #auth = randomBytes(16);

	constructor(service: PushService) {
		this.#service = service;
		this.#own.generateKeys();
	}

	get settings() {
		const keys = {
			p256dh: this.#own.getPublicKey('base64url'),
			auth: this.#auth.toString('base64url'),
		};
		const endpoint = this.#service.origin + this.path;
		return { endpoint, keys, messages: true, muted: [] as string[] };
	}

	/** All notices that it got so far. */
	get notices(): unknown[] {
		return this.#service.pushed
			.filter(({ path }) => path === this.path)
			.map(({ body }) => JSON.parse(this.#read(body)) as unknown);
	}

	/** Reads what was encrypted for it (RFC 8291, RFC 8188). */
	#read(body: Buffer): string {
		const salt = body.subarray(0, 16);
		const idEnd = 21 + body.readUInt8(20);
		const sender = body.subarray(21, idEnd);
		const derive = (ikm: Uint8Array, from: Uint8Array, info: Buffer, length: number) =>
			Buffer.from(hkdfSync('sha256', ikm, from, info, length));
		const ikm = derive(
			this.#own.computeSecret(sender),
			this.#auth,
			Buffer.concat([Buffer.from('WebPush: info\0'), this.#own.getPublicKey(), sender]),
			32,
		);
		const key = derive(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
		const nonce = derive(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
		const decipher = createDecipheriv('aes-128-gcm', key, nonce);
		decipher.setAuthTag(body.subarray(-16));
		const padded = Buffer.concat([decipher.update(body.subarray(idEnd, -16)), decipher.final()]);
		return padded.subarray(0, padded.lastIndexOf(2)).toString();
	}
}
