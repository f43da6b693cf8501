import type { Self, SessionInfo } from '../../shared/account.ts';
import type { Answer, WireError } from '../../shared/errors.ts';
import type { Service } from './service.ts';

/** A name that no other test has. */
export const freshName = (beginning = 'user') => `${beginning}-${crypto.randomUUID().slice(0, 8)}`;
export const goodPassword = 'correct horse battery';

type Reply<Data> = {
	status: number;
	headers: Headers;
	data: Data;
	error: WireError | null;
	code: string;
};

/** A browser as far as accounts go: it keeps cookies, as their attributes say. */
export class Visit {
	readonly url: string;
	readonly #cookies = new Map<string, string>();
	readonly #headers: Record<string, string>;

	constructor({ url }: Pick<Service, 'url'>, headers: Record<string, string> = {}) {
		this.url = url;
		this.#headers = headers;
	}

	/** Somebody new, with a session. */
	static async guest(
		service: Pick<Service, 'url'>,
		headers: Record<string, string> = {},
	): Promise<Visit> {
		const visit = new Visit(service, headers);
		await visit.self();
		return visit;
	}

	/** Somebody who has an account. */
	static async account(
		service: Pick<Service, 'url'>,
		userName = freshName(),
	): Promise<Visit & { userName: string }> {
		const visit = await Visit.guest(service);
		const { error } = await visit.signUp(userName);
		if (error) throw new Error(`${error.code}: ${error.message}`);
		return Object.assign(visit, { userName });
	}

	get cookie(): string {
		return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	}

	/** The value of one cookie. */
	held(name: string): string | undefined {
		return this.#cookies.get(name);
	}

	hold(name: string, value: string): void {
		this.#cookies.set(name, value);
	}

	forget(name: string): void {
		this.#cookies.delete(name);
	}

	async fetch(path: string, init: RequestInit = {}): Promise<Response> {
		const response = await fetch(path.startsWith('/') ? this.url + path : path, {
			redirect: 'manual',
			...init,
			headers: {
				...this.#headers,
				cookie: this.cookie,
				...(init.headers as Record<string, string>),
			},
		});
		for (const header of response.headers.getSetCookie()) {
			const [pair = '', ...attributes] = header.split('; ');
			const [name = '', value = ''] = pair.split(/=(.*)/s);
			if (attributes.includes('Max-Age=0')) this.#cookies.delete(name);
			else this.#cookies.set(name, value);
		}
		return response;
	}

	async ask<Data = Record<string, never>>(
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<Reply<Data>> {
		const response = await this.fetch(path, {
			method,
			headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
			...(body !== undefined && { body: JSON.stringify(body) }),
		});
		const answer = (await response.json()) as Answer<Data>;
		const { status } = response;
		return answer.ok
			? { status, headers: response.headers, data: answer.data, error: null, code: 'OK' }
			: {
					...{ status, headers: response.headers, data: {} as Data },
					...{ error: answer.error, code: answer.error.code },
				};
	}

	async self(): Promise<Self & { required: string; provider: string | null; links: unknown }> {
		type Session = Self & { required: string; provider: string | null; links: unknown };
		return (await this.ask<Session>('GET', '/api/session')).data;
	}

	signUp(userName: string, password = goodPassword, more: Record<string, unknown> = {}) {
		return this.ask<Self>('POST', '/api/account/sign-up', { userName, password, ...more });
	}

	signIn(userName: string, password = goodPassword, more: Record<string, unknown> = {}) {
		return this.ask<Self>('POST', '/api/account/sign-in', { userName, password, ...more });
	}

	async sessions(): Promise<SessionInfo[]> {
		type Listed = { sessions: SessionInfo[] };
		return (await this.ask<Listed>('GET', '/api/account/sessions')).data.sessions;
	}
}
