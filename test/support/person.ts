import type { FileInfo } from '../../shared/chat.ts';
import type { Answer, WireError } from '../../shared/errors.ts';
import type { FileId, PersonId, RoomId } from '../../shared/ids.ts';
import { guestCookie } from './client.ts';
import type { Service } from './service.ts';

/** What an HTTP request was answered with. */
export type Reply = { status: number; headers: Headers; data: unknown; error: WireError | null };

type Asked = { body?: unknown; headers?: Record<string, string> };

/** What goes with an upload, as the tus protocol writes it. */
export const metadata = (entries: Record<string, string>) =>
	Object.entries(entries)
		.map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
		.join(',');

/** Somebody who uses the service over plain HTTP. */
export class Person {
	readonly url: string;
	readonly id: PersonId;
	/** What proves who it is: a cookie or a token. */
	readonly proof: Record<string, string>;

	private constructor(url: string, id: PersonId, proof: Record<string, string>) {
		this.url = url;
		this.id = id;
		this.proof = proof;
	}

	/** A new guest with a session cookie. */
	static async guest(service: Pick<Service, 'url'>): Promise<Person> {
		return Person.of(service, await guestCookie(service.url));
	}

	/** The person that a session cookie belongs to. */
	static async of({ url }: Pick<Service, 'url'>, cookie: string): Promise<Person> {
		const response = await fetch(`${url}/api/session`, { headers: { cookie } });
		const { data } = (await response.json()) as { data: { personId: PersonId } };
		return new Person(url, data.personId, { cookie });
	}

	/** The same person with a token instead of the cookie. */
	async withToken(name = 'Script'): Promise<Person> {
		const { data } = await this.ask('POST', '/api/tokens', { body: { name } });
		const { secret } = data as { secret: string };
		return new Person(this.url, this.id, { authorization: `Bearer ${secret}` });
	}

	/** Sends a request as it is. */
	fetch(path: string, init: RequestInit = {}): Promise<Response> {
		return fetch(`${this.url}${path}`, {
			...init,
			headers: { ...this.proof, ...(init.headers as Record<string, string>) },
		});
	}

	/** Asks with JSON, and understands the answer. */
	async ask(method: string, path: string, { body, headers }: Asked = {}): Promise<Reply> {
		const json: Record<string, string> =
			body === undefined ? {} : { 'content-type': 'application/json' };
		return understood(
			await this.fetch(path, {
				method,
				headers: { ...json, ...headers },
				...(body !== undefined && { body: JSON.stringify(body) }),
			}),
		);
	}

	/** Becomes a member of a room. */
	async enter(roomId: RoomId, name: string): Promise<void> {
		const { error } = await this.ask('POST', `/api/rooms/${roomId}/members`, { body: { name } });
		if (error) throw new Error(error.message);
	}

	/** Begins an upload; with content, in one request. */
	async begin(
		size: number,
		about: Record<string, string>,
		content?: string | Buffer,
		headers: Record<string, string> = {},
	): Promise<Reply> {
		const init: RequestInit = {
			method: 'POST',
			headers: {
				'tus-resumable': '1.0.0',
				'upload-length': `${size}`,
				'upload-metadata': metadata(about),
				...(content !== undefined && { 'content-type': 'application/offset+octet-stream' }),
				...headers,
			},
		};
		if (content !== undefined) init.body = Buffer.from(content);
		return understood(await this.fetch('/api/files', init));
	}

	/** Goes on with an upload. */
	async patch(address: string, offset: number, content: string | Buffer): Promise<Reply> {
		const headers = {
			'tus-resumable': '1.0.0',
			'upload-offset': `${offset}`,
			'content-type': 'application/offset+octet-stream',
		};
		const body = Buffer.from(content);
		return understood(await this.fetch(address, { method: 'PATCH', headers, body }));
	}

	/** How much of an upload is there. */
	async head(address: string): Promise<Response> {
		return this.fetch(address, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
	}

	/** Uploads a whole file. */
	async upload(
		roomId: RoomId,
		content: string | Buffer,
		about: Record<string, string> = {},
	): Promise<FileInfo> {
		const size = Buffer.byteLength(content);
		const { data, error } = await this.begin(size, { roomId, ...about }, content);
		if (error) throw new Error(error.message);
		return (data as { file: FileInfo }).file;
	}

	/** The status of a download. */
	async download(fileId: FileId): Promise<number> {
		const response = await this.fetch(`/api/files/${fileId}`);
		await response.arrayBuffer();
		return response.status;
	}
}

async function understood(response: Response): Promise<Reply> {
	const { status, headers } = response;
	const text = await response.text();
	const answer = (text ? JSON.parse(text) : { ok: true, data: null }) as Answer<unknown>;
	return answer.ok
		? { status, headers, data: answer.data, error: null }
		: { status, headers, data: null, error: answer.error };
}
