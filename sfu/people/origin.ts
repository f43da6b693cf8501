import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { trusting, type Trust } from './address.ts';

/** A host as headers name it: in small letters, with its port where there is one. */
type Host = { name: string; port: string };

/** What a refused page is told: it is for whoever runs the service. */
export const foreignPage =
	"Only pages of this server may ask for that, and this one seems to come from another address. If a proxy stands in front, set http.trustProxy, and have it pass the header Host or X-Forwarded-Host; or name the page's origin in http.origins.";

/** At most so often, in ms, the log says which page was refused. */
const logEvery = 10_000;

/** Tells requests of our own pages from those of others: by what browsers say of a page, and what the service was asked as. */
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
	 * Whether a page of this origin may ask for more than to look (R2). Programs that are no browser send no origin. A refusal is
	 * in the log, with what stood in the way.
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
			'a page was refused: its origin is not the host that was asked for. Behind a proxy set http.trustProxy and have it pass Host or X-Forwarded-Host; or name the origin in http.origins',
		);
	}
}

/** @param isTrusted whether what a proxy says of the request is believed. */
export function isOwnPage(
	headers: IncomingHttpHeaders,
	isTrusted: boolean,
	origins: readonly string[],
): boolean {
	const { origin } = headers;
	const site = headers['sec-fetch-site'];
	// Only browsers set it, and no page can.
	if (site === 'same-origin') return true;
	// A script or picture of another site sends no origin, though the cookie may come along.
	if (origin === undefined) return site !== 'cross-site' && site !== 'same-site';
	const parsed = URL.parse(origin);
	if (!parsed || parsed.host === '') return false;
	if (origins.some((allowed) => URL.parse(allowed)?.origin === parsed.origin)) return true;
	const usual = parsed.protocol === 'https:' ? '443' : '80';
	return hostsOf(headers, isTrusted).some(({ name, port }) => {
		if (name !== parsed.hostname) return false;
		// Many proxies pass the host without its port, and know no other.
		if (port === '' && isTrusted) return true;
		return (port || usual) === (parsed.port || usual);
	});
}

/**
 * The hosts that a request may have been sent to: those that proxies name, where they are believed, and else that of the
 * request. No page can set these headers for another one, so that any entry of a list will do.
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

/** @param list hosts between commas, in quotes or not. */
function parsedHosts(list = ''): Host[] {
	return list.split(',').flatMap((text) => {
		const host = text.trim().replaceAll('"', '').toLowerCase();
		const [, name, port = ''] = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d*))?$/.exec(host) ?? [];
		return name ? [{ name, port }] : [];
	});
}

/** The hosts of `Forwarded` (RFC 7239), between commas. */
const hostsInForwarded = (header: string): string =>
	[...header.matchAll(/(?:^|[;,])\s*host=("[^"]*"|[^;,\s]*)/gi)].map(([, host]) => host).join(',');
