const anyOrigin = 'http://own.invalid';

/**
 * The address of a page of this origin that somebody wanted to see before they signed in: path, query and fragment. `/` for
 * whatever would lead to another origin, or is no address.
 *
 * What is answered leads to the same place when it is read again: `/.//host` is a path whose text would be another site.
 */
export function ownAddress(wanted: unknown): string {
	if (typeof wanted !== 'string' || !wanted.startsWith('/')) return '/';
	const url = URL.parse(wanted, anyOrigin);
	if (!url) return '/';
	const address = url.pathname + url.search + url.hash;
	return URL.parse(address, anyOrigin)?.href === url.href && url.origin === anyOrigin
		? address
		: '/';
}
