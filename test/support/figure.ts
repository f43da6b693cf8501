import { metricsToken, type Service } from './service.ts';

/** A figure of `/metrics` by its name, with its labels if it has any; not a number where there is none. */
export async function figure({ url }: Pick<Service, 'url'>, name: string): Promise<number> {
	const headers = { authorization: `Bearer ${metricsToken}` };
	const text = await (await fetch(`${url}/metrics`, { headers })).text();
	const line = text.split('\n').find((one) => one.startsWith(`${name} `));
	return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}
