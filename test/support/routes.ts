import type { Express } from 'express';

/** What Express keeps of each handler of a router: the path it was registered under, and a route or a router within it. */
type Layer = {
	rawPath: string | string[];
	route?: { path: string | string[]; methods: Record<string, boolean> };
	handle: { stack?: Layer[] };
};

/** The routes of a service, each as `METHOD /path`, with parameters as Express writes them. */
export function routesOf(app: Express): string[] {
	return below(app.router as unknown as { stack: Layer[] }, '');
}

function below({ stack }: { stack: Layer[] }, prefix: string): string[] {
	return stack.flatMap(({ rawPath, route, handle }) => {
		if (!route) {
			return handle.stack ? below({ stack: handle.stack }, joined(prefix, `${rawPath}`)) : [];
		}
		const methods = Object.keys(route.methods).map((method) => method.toUpperCase());
		const paths = [route.path].flat();
		return paths.flatMap((path) => methods.map((method) => `${method} ${joined(prefix, path)}`));
	});
}

/** A router's own `/` is the address that it is registered under. */
const joined = (prefix: string, path: string) =>
	prefix !== '' && path === '/' ? prefix : `${prefix === '/' ? '' : prefix}${path}`;
