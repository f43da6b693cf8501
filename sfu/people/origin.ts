import type { IncomingHttpHeaders } from 'node:http';
import type { Config } from '../config.ts';

/** Whether a page of this origin may ask for more than to look (R2). Programs that are no browser send none. */
export function isOriginAllowed(
	headers: Pick<IncomingHttpHeaders, 'origin' | 'host'>,
	forwardedHost: string | undefined,
	origins: readonly string[],
): boolean {
	const { origin, host } = headers;
	if (origin === undefined || origins.includes(origin)) return true;
	const parsed = URL.parse(origin);
	return parsed !== null && parsed.host !== '' && parsed.host === (forwardedHost ?? host);
}

/** The same of a request with these headers, under this configuration. */
export function comesFromOurPages(
	headers: IncomingHttpHeaders,
	{ trustProxy, origins }: Pick<Config['http'], 'trustProxy' | 'origins'>,
): boolean {
	const forwarded = headers['x-forwarded-host'];
	const proxied = trustProxy !== false && typeof forwarded === 'string' ? forwarded : undefined;
	return isOriginAllowed(headers, proxied, origins);
}
