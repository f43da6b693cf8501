import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { networkPrograms } from '../../setup/networks.mjs';

const run = promisify(execFile);

/** Puts a program and its arguments where they are to run. */
export type Command = (program: string, args: string[]) => [program: string, args: string[]];

/** Where the tests themselves run. */
export const plainly: Command = (program, args) => [program, args];

/** Whether this process may make network namespaces: root may, where its container lets it. */
export const canMakeNamespaces =
	process.platform === 'linux' &&
	spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0;

/**
 * Two machines and the line between them, in network namespaces of Linux: nothing of it can be reached from elsewhere,
 * and firewall rules stay within.
 */
export class TwoMachines {
	readonly server: NetworkNamespace;
	readonly client: NetworkNamespace;

	private constructor(server: NetworkNamespace, client: NetworkNamespace) {
		this.server = server;
		this.client = client;
	}

	/** @param addresses of each machine, with the length of their prefix. */
	static async make(addresses: Record<'server' | 'client', string[]>): Promise<TwoMachines> {
		const server = await NetworkNamespace.make();
		const client = await NetworkNamespace.make();
		const machines = new TwoMachines(server, client);
		try {
			const [near, far] = [`${server.name}s`, `${server.name}c`];
			const { ip } = networkPrograms();
			const ends = ['name', near, 'netns', server.name, 'type', 'veth', 'peer'];
			await run(ip, ['link', 'add', ...ends, 'name', far, 'netns', client.name]);
			await server.own(near, addresses.server);
			await client.own(far, addresses.client);
			return machines;
		} catch (error) {
			await machines.close();
			throw error;
		}
	}

	/** What runs in them is to be ended before. */
	async close(): Promise<void> {
		await this.server.close();
		await this.client.close();
	}
}

export class NetworkNamespace {
	readonly name: string;

	private constructor(name: string) {
		this.name = name;
	}

	static async make(): Promise<NetworkNamespace> {
		// Names of interfaces, which are made of it, have at most 15 characters.
		const name = `prl${randomBytes(4).toString('hex')}`;
		const { ip } = networkPrograms();
		await run(ip, ['netns', 'add', name]);
		const namespace = new NetworkNamespace(name);
		await namespace.run(ip, ['link', 'set', 'lo', 'up']);
		return namespace;
	}

	/** How a program is started in it. */
	readonly within: Command = (program, args) => [
		networkPrograms().ip,
		['netns', 'exec', this.name, program, ...args],
	];

	async run(program: string, args: string[]): Promise<void> {
		await run(...this.within(program, args));
	}

	/** Gives addresses to an interface. */
	async own(device: string, addresses: readonly string[]): Promise<void> {
		const { ip } = networkPrograms();
		for (const address of addresses) {
			const once = address.includes(':') ? ['nodad'] : [];
			await this.run(ip, ['address', 'add', address, 'dev', device, ...once]);
		}
		await this.run(ip, ['link', 'set', device, 'up']);
	}

	/** What it sends and fits one of these rules of nftables is refused from now on; nothing else is. */
	drop(rules: readonly string[]): Promise<void> {
		return this.#filter('output', rules);
	}

	/** What is sent to it and fits one of these rules of nftables is lost on its way from now on; nothing else is. */
	lose(rules: readonly string[]): Promise<void> {
		return this.#filter('input', rules);
	}

	async #filter(hook: 'input' | 'output', rules: readonly string[]): Promise<void> {
		const { nft } = networkPrograms();
		const chain = [`type filter hook ${hook} priority 0;`, ...rules.map((rule) => `${rule} drop`)];
		await this.run(nft, [
			['add table inet tests', 'delete table inet tests', 'table inet tests {', 'chain lost {']
				.concat(chain, ['}', '}'])
				.join('\n'),
		]);
	}

	async close(): Promise<void> {
		await run(networkPrograms().ip, ['netns', 'delete', this.name]);
	}
}
