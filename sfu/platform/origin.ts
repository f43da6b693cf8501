import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { trusting, type Trust } from './address.ts';

/** A host as headers name it: in lower case, with its port if there is one. */
type Host = { name: string; port: string };

/** The message of a refused page. It addresses the operator. */
export const foreignPage =
	"Only pages from this server can do that, and this one seems to come from another address. If there's a proxy in front, set http.trustProxy and have it pass the Host or X-Forwarded-Host header, or add the page's origin to http.origins.";

/** The least time between two log lines about refused pages, in ms. */
const logEvery = 10_000;

/**
 * Tells requests of our own pages from those of other sites, by the browser's headers and by the host that was
 * requested.
 */
export class OwnPages {
	readonly #trust: Trust;
	readonly #origins: readonly string[];
	readonly #log: Log;
	#loggedAt = -Infinity;

	constructor({ trustProxy, origins }: Pick<Config['http'], 'trustProxy' | 'origins'>, log: Log) {
		this.#trust = trusting(trustProxy);
		this.#origins = origins;
		this.#log = log;
	}

	/**
	 * Whether a page of this origin may change something (CONN-2). Programs other than browsers send no origin. A refusal
	 * is logged with the headers that did not match.
	 */
	allow(request: IncomingMessage): boolean {
		const isTrusted = this.#isBelieved(request);
		if (isOwnPage(request.headers, isTrusted, this.#origins)) return true;
		this.#tell(request.headers, isTrusted);
		return false;
	}

	#isBelieved({ socket }: IncomingMessage): boolean {
		return this.#trust(socket.remoteAddress ?? '', 0);
	}

	#tell(headers: IncomingHttpHeaders, isTrusted: boolean): void {
		const now = performance.now();
		if (now - this.#loggedAt < logEvery) return;
		this.#loggedAt = now;
		const told = ['origin', 'host', 'x-forwarded-host', 'x-forwarded-port', 'forwarded'].map(
			(name) => [name, String(headers[name] ?? '').slice(0, 200)] as const,
		);
		this.#log.warn(
			{ headers: Object.fromEntries(told.filter(([, value]) => value !== '')), isTrusted },
			'a page was refused: its origin is not the requested host. Behind a proxy set http.trustProxy and let the proxy pass Host or X-Forwarded-Host; or name the origin in http.origins',
		);
	}
}

/** @param isTrusted whether the proxy's headers about the request are trusted. */
export function isOwnPage(
	headers: IncomingHttpHeaders,
	isTrusted: boolean,
	origins: readonly string[],
): boolean {
	const { origin } = headers;
	const site = headers['sec-fetch-site'];
	// Only browsers set this header; a page cannot.
	if (site === 'same-origin') return true;
	// A script or picture of another site sends no origin, though the cookie may come along.
	if (origin === undefined) return site !== 'cross-site' && site !== 'same-site';
	const parsed = URL.parse(origin);
	if (!parsed || parsed.host === '') return false;
	if (origins.some((allowed) => URL.parse(allowed)?.origin === parsed.origin)) return true;
	const usual = parsed.protocol === 'https:' ? '443' : '80';
	return hostsOf(headers, isTrusted).some(({ name, port }) => {
		if (name !== parsed.hostname) return false;
		// Many proxies pass the host without its port.
		if (port === '' && isTrusted) return true;
		return (port || usual) === (parsed.port || usual);
	});
}

/**
 * The hosts that a request may have been sent to: those that trusted proxies name, else the `Host` of the request. A
 * page cannot set these headers, so any entry of a list is acceptable.
 */
function hostsOf(headers: IncomingHttpHeaders, isTrusted: boolean): Host[] {
	const own = parsedHosts(headers.host);
	if (!isTrusted) return own;
	const named = parsedHosts(joined(headers['x-forwarded-host']));
	const forwarded = parsedHosts(hostsInForwarded(joined(headers.forwarded)));
	const hosts = [named, forwarded, own].find((found) => found.length > 0) ?? [];
	const ports = joined(headers['x-forwarded-port'])
		.split(',')
		.map((port) => port.trim());
	const withPorts = hosts.flatMap(({ name }) =>
		ports.filter((port) => /^\d+$/.test(port)).map((port) => ({ name, port })),
	);
	const isTold = hosts.some(({ port }) => port !== '');
	return isTold || withPorts.length === 0 ? [...hosts, ...withPorts] : withPorts;
}

const joined = (header: string | string[] | undefined): string =>
	Array.isArray(header) ? header.join(',') : (header ?? '');

/** @param list hosts separated by commas, quoted or not. */
function parsedHosts(list = ''): Host[] {
	return list.split(',').flatMap((text) => {
		const host = text.trim().replaceAll('"', '').toLowerCase();
		const [, name, port = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d*))?$/.exec(host) ?? [];
		return name ? [{ name, port }] : [];
	});
}

/** The hosts of `Forwarded` (RFC 7239), separated by commas. */
const hostsInForwarded = (header: string): string =>
	[...header.matchAll(/(?:^|[;,])\s*host=("[^"]*"|[^;,\s]*)/gi)].map(([, host]) => host).join(',');
