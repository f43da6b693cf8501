const anyOrigin = 'http://own.invalid';

/**
 * The address of a page of this origin that a person wanted before they signed in: path, query and fragment. `/` for an
 * address of another origin and for an invalid one.
 *
 * The result leads to the same place when it is parsed again: `/.//host` is a path whose text would be another site.
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
