import { createServer, type Server } from 'node:http';
import { listen } from '../../platform/listen.ts';

const challengePath = '/.well-known/acme-challenge/';
/** How long a request may take to arrive, in ms. */
const requestTime = 10_000;
/** How many connections it holds at a time. */
const maxConnections = 500;

/** Answers what the authority asks over HTTP (RFC 8555, 8.3), and sends everybody else to HTTPS. */
export class ChallengeServer {
	readonly #server: Server;
	/** By its token: what the authority is answered. */
	readonly #answers = new Map<string, string>();

	/** @param domains that the certificate is for. A request for another host is sent to the first one. */
	constructor(domains: readonly [string, ...string[]]) {
		this.#server = createServer(
			{ requestTimeout: requestTime, headersTimeout: requestTime },
			(request, response) => {
				const { url = '/', headers } = request;
				const answer = url.startsWith(challengePath)
					? this.#answers.get(url.slice(challengePath.length))
					: undefined;
				if (answer !== undefined) {
					response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(answer);
					return;
				}
				const asked = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
				const host = domains.find((domain) => domain === asked) ?? domains[0];
				const path = url.startsWith('/') ? url : '/';
				response.writeHead(301, { Location: `https://${host}${path}`, Connection: 'close' }).end();
			},
		);
		this.#server.maxConnections = maxConnections;
	}

	/** @throws {StartError} naming the setting that prevents it. */
	async listen(port: number, address: string): Promise<void> {
		await listen(this.#server, { port, address }, 'http.acme');
	}

	answer(token: string, answer: string): void {
		this.#answers.set(token, answer);
	}

	forget(token: string): void {
		this.#answers.delete(token);
	}

	close(): void {
		this.#server.close();
		this.#server.closeAllConnections();
	}
}
