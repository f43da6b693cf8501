// The service may be below a path of its host (`http.basePath`). Its pages say which: the service writes it into them.

const base = (): string => globalThis.document?.documentElement.dataset['base'] ?? '';

/** The address of a path of the service, such as "/api/session". */
export const addressOf = (path: string): string => base() + path;

/** The path within the service, of the path of an address; empty for one that is not of the service. */
export const pathOf = (pathname: string): string =>
	pathname.startsWith(`${base()}/`) ? pathname.slice(base().length) : '';
