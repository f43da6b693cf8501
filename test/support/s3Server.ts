import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Stored = { bytes: Buffer; time: Date; etag: string; metadata: Record<string, string> };
type Multipart = { key: string; time: Date; parts: Map<number, Stored> };
type Answer = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

class Refusal extends Error {
	readonly status: number;
	readonly code: string;

	constructor(status: number, code: string) {
		super(code);
		this.status = status;
		this.code = code;
	}
}

/** Less than this only the last part of an object may have, as at Amazon. */
const leastPart = 5 * 1024 * 1024;

const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
	createHmac('sha256', key).update(text).digest();
const xml = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const encoded = (text: string) =>
	encodeURIComponent(text).replaceAll(
		/[!'()*]/g,
		(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/**
 * An S3 storage in memory, on a free port of loopback: objects, ranges, lists and multipart uploads of one bucket, by the path.
 * It takes only what is signed by its keys (Signature Version 4), and parts that Amazon would take.
 */
export class S3Server {
	readonly bucket = 'parley';
	readonly accessKeyId = 'test-key';
	readonly secretAccessKey = 'test-secret-of-this-storage';
	readonly objects = new Map<string, Stored>();
	readonly multiparts = new Map<string, Multipart>();
	/** Decides which requests are broken off: the storage is away. */
	breaks: (request: IncomingMessage) => boolean = () => false;
	readonly #server = createServer((request, response) => void this.#answer(request, response));
	#port = 0;

	static async start(): Promise<S3Server> {
		const server = new S3Server();
		await server.#listen();
		return server;
	}

	get endpoint(): string {
		return `http://127.0.0.1:${this.#port}`;
	}

	/** What a service is configured with. */
	get settings() {
		const { bucket, endpoint, accessKeyId, secretAccessKey } = this;
		return { bucket, endpoint, region: 'eu-test-1', accessKeyId, secretAccessKey, pathStyle: true };
	}

	/** Nobody listens any more. What is stored stays. */
	async stop(): Promise<void> {
		const closed = once(this.#server, 'close');
		this.#server.close();
		this.#server.closeAllConnections();
		await closed;
	}

	/** Listens again. */
	resume(): Promise<void> {
		return this.#listen();
	}

	async #listen(): Promise<void> {
		this.#server.listen(this.#port, '127.0.0.1');
		await once(this.#server, 'listening');
		this.#port = (this.#server.address() as AddressInfo).port;
	}

	async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (this.breaks(request)) {
			request.socket.destroy();
			return;
		}
		try {
			const pieces: Buffer[] = [];
			for await (const piece of request) pieces.push(piece as Buffer);
			const body = Buffer.concat(pieces);
			const url = new URL(request.url ?? '', this.endpoint);
			this.#checkSignature(request, url, body);
			const [, bucket, key = ''] =
				/^\/([^/]*)\/?(.*)$/s.exec(decodeURIComponent(url.pathname)) ?? [];
			if (bucket !== this.bucket) throw new Refusal(404, 'NoSuchBucket');
			const { status = 200, headers, body: said = '' } = this.#carryOut(request, url, key, body);
			response.writeHead(status, { 'Content-Length': Buffer.byteLength(said), ...headers });
			response.end(request.method === 'HEAD' ? undefined : said);
		} catch (error) {
			if (!(error instanceof Refusal)) {
				response.destroy();
				return;
			}
			response.writeHead(error.status, { 'Content-Type': 'application/xml' });
			response.end(
				request.method === 'HEAD' ? undefined : `<Error><Code>${error.code}</Code></Error>`,
			);
		}
	}

	/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
	#checkSignature({ method, headers }: IncomingMessage, url: URL, body: Buffer): void {
		const [, id, scope = '', signed = '', signature] =
			/^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=(\S+)$/.exec(
				headers.authorization ?? '',
			) ?? [];
		if (id !== this.accessKeyId) throw new Refusal(403, 'InvalidAccessKeyId');
		const hash = String(headers['x-amz-content-sha256']);
		if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(body))
			throw new Refusal(400, 'XAmzContentSHA256Mismatch');
		const query = [...url.searchParams]
			.map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
			.toSorted()
			.join('&');
		const canonical = [
			...[method, url.pathname, query],
			...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
			...['', signed, hash],
		].join('\n');
		const time = String(headers['x-amz-date']);
		const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
		let key: string | Buffer = `AWS4${this.secretAccessKey}`;
		for (const part of scope.split('/')) key = hmac(key, part);
		if (hmac(key, text).toString('hex') !== signature)
			throw new Refusal(403, 'SignatureDoesNotMatch');
	}

	#carryOut(
		{ method, headers }: IncomingMessage,
		{ searchParams: query }: URL,
		key: string,
		body: Buffer,
	): Answer {
		const uploadId = query.get('uploadId');
		if (key === '') return query.has('uploads') ? this.#uploads(query) : this.#list(query);
		if (query.has('uploads')) {
			const id = randomUUID();
			this.multiparts.set(id, { key, time: new Date(), parts: new Map() });
			return {
				body: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
			};
		}
		if (uploadId !== null) return this.#multipart(method, uploadId, query, key, body);
		if (method === 'PUT') {
			const stored = this.#store(body, headers);
			this.objects.set(key, stored);
			return { headers: { ETag: stored.etag } };
		}
		if (method === 'DELETE') {
			this.objects.delete(key);
			return { status: 204 };
		}
		const found = this.objects.get(key);
		if (!found) throw new Refusal(404, 'NoSuchKey');
		const { bytes, etag, time, metadata } = found;
		const about = { ...metadata, ETag: etag, 'Last-Modified': time.toUTCString() };
		const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
		if (first === undefined)
			return { headers: { ...about, 'Content-Length': String(bytes.length) }, body: bytes };
		const piece = bytes.subarray(Number(first), Number(last) + 1);
		const range = `bytes ${first}-${Number(first) + piece.length - 1}/${bytes.length}`;
		return { status: 206, headers: { ...about, 'Content-Range': range }, body: piece };
	}

	#store(bytes: Buffer, headers: IncomingMessage['headers'] = {}): Stored {
		const metadata = Object.fromEntries(
			Object.entries(headers).flatMap(([name, value]) =>
				name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [],
			),
		);
		const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
		return { bytes, time: new Date(), etag, metadata };
	}

	#multipart(
		method: string | undefined,
		id: string,
		query: URLSearchParams,
		key: string,
		body: Buffer,
	): Answer {
		const upload = this.multiparts.get(id);
		if (upload?.key !== key) throw new Refusal(404, 'NoSuchUpload');
		const { parts } = upload;
		if (method === 'PUT') {
			const stored = this.#store(body);
			parts.set(Number(query.get('partNumber')), stored);
			return { headers: { ETag: stored.etag } };
		}
		if (method === 'DELETE') {
			this.multiparts.delete(id);
			return { status: 204 };
		}
		if (method === 'GET') {
			const all = [...parts].map(
				([number, { bytes, etag, time }]) =>
					`<Part><PartNumber>${number}</PartNumber><ETag>${xml(etag)}</ETag><Size>${bytes.length}</Size><LastModified>${time.toISOString()}</LastModified></Part>`,
			);
			return {
				body: `<ListPartsResult><IsTruncated>false</IsTruncated>${all.join('')}</ListPartsResult>`,
			};
		}
		const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)];
		const chosen = named.map(([, number]) => parts.get(Number(number)));
		const whole = chosen.flatMap((part) => (part ? [part.bytes] : []));
		if (whole.length !== named.length || whole.length === 0) throw new Refusal(400, 'InvalidPart');
		if (whole.slice(0, -1).some(({ length }) => length < leastPart))
			throw new Refusal(400, 'EntityTooSmall');
		this.objects.set(key, this.#store(Buffer.concat(whole)));
		this.multiparts.delete(id);
		return {
			body: `<CompleteMultipartUploadResult><Key>${xml(key)}</Key></CompleteMultipartUploadResult>`,
		};
	}

	#list(query: URLSearchParams): Answer {
		const all = [...this.objects]
			.filter(([key]) => key.startsWith(query.get('prefix') ?? ''))
			.map(
				([key, { bytes, time }]) =>
					`<Contents><Key>${xml(key)}</Key><Size>${bytes.length}</Size><LastModified>${time.toISOString()}</LastModified></Contents>`,
			);
		return {
			body: `<ListBucketResult><IsTruncated>false</IsTruncated>${all.join('')}</ListBucketResult>`,
		};
	}

	#uploads(query: URLSearchParams): Answer {
		const all = [...this.multiparts]
			.filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
			.map(
				([id, { key, time }]) =>
					`<Upload><Key>${xml(key)}</Key><UploadId>${id}</UploadId><Initiated>${time.toISOString()}</Initiated></Upload>`,
			);
		return {
			body: `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${all.join('')}</ListMultipartUploadsResult>`,
		};
	}
}
