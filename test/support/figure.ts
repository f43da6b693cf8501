import type { Service } from './service.ts';

/** What opens `/metrics` of a service for tests. */
export const metricsToken = 'a-token-for-the-tests';

/** All that `/metrics` tells. */
export async function exposition({ url }: Pick<Service, 'url'>): Promise<string> {
	const headers = { authorization: `Bearer ${metricsToken}` };
	return (await fetch(`${url}/metrics`, { headers })).text();
}

/** A figure of `/metrics` by its name, with its labels if it has any; not a number where there is none. */
export async function figure(service: Pick<Service, 'url'>, name: string): Promise<number> {
	const text = await exposition(service);
	const line = text.split('\n').find((one) => one.startsWith(`${name} `));
	return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}
