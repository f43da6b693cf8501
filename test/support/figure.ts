import type { Service } from './service.ts';

/** A figure of `/metrics` by its name, with its labels if it has any; not a number where there is none. */
export async function figure({ url }: Pick<Service, 'url'>, name: string): Promise<number> {
	const text = await (await fetch(`${url}/metrics`)).text();
	const line = text.split('\n').find((one) => one.startsWith(`${name} `));
	return line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
}
