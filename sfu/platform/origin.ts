import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import { trusting, type Trust } from './address.ts';

/** A host as headers name it: in lower case, with its port if there is one. */
type Host = { name: string; port: string };

/** The message of a refused page. It addresses the operator. */
export const foreignPage =
	"Only pages from this server can do that, and this one seems to come from another address. If there's a proxy in front, set http.trustProxy and have it pass the Host or X-Forwarded-Host header, or add the page's origin to http.origins.";

/** What a refusal is decided by. */
const headersOfOrigin = [
	...['origin', 'sec-fetch-site', 'host', 'forwarded'],
	...['x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto'],
];

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
		const isTrusted = this.#isTrustedProxy(request);
		if (isOwnPage(request.headers, isTrusted, this.#origins)) return true;
		this.#logRefusal(request.headers, isTrusted);
		return false;
	}

	#isTrustedProxy({ socket }: IncomingMessage): boolean {
		return this.#trust(socket.remoteAddress ?? '', 0);
	}

	#logRefusal(headers: IncomingHttpHeaders, isTrusted: boolean): void {
		const now = performance.now();
		if (now - this.#loggedAt < logEvery) return;
		this.#loggedAt = now;
		const entries = headersOfOrigin.map(
			(name) => [name, String(headers[name] ?? '').slice(0, 200)] as const,
		);
		this.#log.warn(
			{ headers: Object.fromEntries(entries.filter(([, value]) => value !== '')), isTrusted },
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
	if (isTrusted && !fitsProtocol(headers, parsed.protocol)) return false;
	const usual = parsed.protocol === 'https:' ? '443' : '80';
	return hostsOf(headers, isTrusted).some(({ name, port }) => {
		if (name !== parsed.hostname) return false;
		// Many proxies pass the host without its port.
		if (port === '' && isTrusted) return true;
		return (port || usual) === (parsed.port || usual);
	});
}

/**
 * Whether the proxies may have been asked by this protocol. Where all of them say HTTPS, a page that came without it is
 * not ours: anybody on its way could have written it. Those that say HTTP may stand behind one that says nothing.
 */
function fitsProtocol(headers: IncomingHttpHeaders, protocol: string): boolean {
	const protocols = [
		...listed(headers['x-forwarded-proto']),
		...inForwarded(joined(headers.forwarded), 'proto'),
	];
	const isSecure = protocols.length > 0 && protocols.every((one) => one.toLowerCase() === 'https');
	return protocol === 'https:' || !isSecure;
}

/**
 * The hosts that a request may have been sent to: those that trusted proxies name, else the `Host` of the request. A
 * page cannot set these headers, so any entry of a list is acceptable.
 */
function hostsOf(headers: IncomingHttpHeaders, isTrusted: boolean): Host[] {
	const own = listed(headers.host).flatMap(parsedHost);
	if (!isTrusted) return own;
	const named = listed(headers['x-forwarded-host']).flatMap(parsedHost);
	const forwarded = inForwarded(joined(headers.forwarded), 'host').flatMap(parsedHost);
	const hosts = [named, forwarded, own].find((found) => found.length > 0) ?? [];
	const ports = listed(headers['x-forwarded-port']);
	const withPorts = hosts.flatMap(({ name }) =>
		ports.filter((port) => /^\d+$/.test(port)).map((port) => ({ name, port })),
	);
	const hasPort = hosts.some(({ port }) => port !== '');
	return hasPort || withPorts.length === 0 ? [...hosts, ...withPorts] : withPorts;
}

const joined = (header: string | string[] | undefined): string =>
	Array.isArray(header) ? header.join(',') : (header ?? '');

/** The entries of a header that proxies extend, whether by one line each or with commas. */
const listed = (header: string | string[] | undefined): string[] =>
	joined(header)
		.split(',')
		.map((entry) => entry.trim().replaceAll('"', ''))
		.filter((entry) => entry !== '');

function parsedHost(text: string): Host[] {
	const [, name, port = ''] =
		/^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d*))?$/.exec(text.toLowerCase()) ?? [];
	return name ? [{ name, port }] : [];
}

/** The values of one parameter of `Forwarded` (RFC 7239). A value in quotes may hold commas and semicolons. */
function inForwarded(header: string, name: 'host' | 'proto'): string[] {
	const parameters = /(?:^|[;,])\s*([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;,\s"]*))/gi;
	return [...header.matchAll(parameters)]
		.filter(([, key = '']) => key.toLowerCase() === name)
		.map(([, , quoted, plain = '']) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
}
