import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { networkPrograms } from '../../../setup/networks.mjs';
import { NetworkNamespace } from '../networkNamespace.ts';

const run = promisify(execFile);

/** Where the media of the service is to be reached: the relay. */
export const announced = '10.77.0.1';
/** Where the service listens for media behind the relay. */
export const listened = '10.77.0.2';

/** How bad a line is. Each figure is for one direction: what the person sends, or what they are sent. */
export type Badness = {
	/** The share of packets that are lost, in per cent. */
	loss?: number;
	/** The most that passes, in kbit/s. */
	kbits?: number;
};

/** The line from one person to the server. */
export class Line {
	readonly client: NetworkNamespace;
	readonly #server: NetworkNamespace;
	readonly #ends: Record<'near' | 'far', string>;
	readonly #subnet: string;
	#address: string;
	#host = 2;

	private constructor(server: NetworkNamespace, client: NetworkNamespace, number: number) {
		this.client = client;
		this.#server = server;
		this.#ends = { near: `${client.name}s`, far: `${client.name}c` };
		this.#subnet = `10.77.${number}`;
		this.#address = `${this.#subnet}.2`;
	}

	/** @param number of the person, from 1 on. */
	static async lay(server: NetworkNamespace, number: number): Promise<Line> {
		const client = await NetworkNamespace.make();
		const line = new Line(server, client, number);
		const { ip } = networkPrograms();
		const { near, far } = line.#ends;
		const peer = ['peer', 'name', far, 'netns', client.name];
		await run(ip, ['link', 'add', 'name', near, 'netns', server.name, 'type', 'veth', ...peer]);
		await server.own(near, [`${line.#subnet}.1/24`]);
		await client.own(far, [`${line.#address}/24`]);
		await line.#route();
		return line;
	}

	/** The person's address, as the server sees it. */
	get address(): string {
		return this.#address;
	}

	/** All that is sent is lost in both directions, until `mend`. */
	async cut(): Promise<void> {
		await this.#lose('');
	}

	/** UDP is lost in both directions, until `mend`. */
	async cutUdp(): Promise<void> {
		await this.#lose('meta l4proto udp');
	}

	async worsen({ up = {}, down = {} }: { up?: Badness; down?: Badness }): Promise<void> {
		const rule = (loss: number) => `numgen random mod 100 < ${loss}`;
		await this.#server.lose(
			up.loss ? [`ip saddr ${this.#address} meta l4proto udp ${rule(up.loss)}`] : [],
		);
		await this.client.lose(down.loss ? [`meta l4proto udp ${rule(down.loss)}`] : []);
		await this.#limit(this.client, this.#ends.far, up.kbits);
		await this.#limit(this.#server, this.#ends.near, down.kbits);
	}

	async mend(): Promise<void> {
		await this.worsen({});
	}

	/** The person goes to another network: their machine has another address. */
	async change(): Promise<void> {
		const { ip } = networkPrograms();
		const before = this.#address;
		this.#address = `${this.#subnet}.${++this.#host}`;
		const device = ['dev', this.#ends.far];
		await this.client.run(ip, ['address', 'delete', `${before}/24`, ...device]);
		await this.client.run(ip, ['address', 'add', `${this.#address}/24`, ...device]);
		await this.#route();
	}

	async #route(): Promise<void> {
		const { ip } = networkPrograms();
		await this.client.run(ip, ['route', 'replace', 'default', 'via', `${this.#subnet}.1`]);
	}

	/** @param what of nftables, which is lost in both directions; empty for all. */
	async #lose(what: string): Promise<void> {
		await this.#server.lose([`ip saddr ${this.#address} ${what}`]);
		await this.client.lose([`ip saddr ${announced} ${what}`]);
	}

	async #limit(machine: NetworkNamespace, device: string, kbits?: number): Promise<void> {
		const { tc } = networkPrograms();
		const root = ['dev', device, 'root'];
		if (kbits) {
			const bucket = ['rate', `${kbits}kbit`, 'burst', '4kb', 'latency', '300ms'];
			await machine.run(tc, ['qdisc', 'replace', ...root, 'tbf', ...bucket]);
			// A device without a limit has nothing to delete.
		} else await machine.run(tc, ['qdisc', 'delete', ...root]).catch(() => undefined);
	}
}

/** A server and people, each on a line of their own: network namespaces of Linux, which nothing reaches from elsewhere. */
export class Machines {
	readonly server: NetworkNamespace;
	readonly lines: Line[] = [];

	private constructor(server: NetworkNamespace) {
		this.server = server;
	}

	static async make(people: number): Promise<Machines> {
		const machines = new Machines(await NetworkNamespace.make());
		try {
			await machines.server.own('lo', [`${announced}/32`, `${listened}/32`]);
			for (let number = 1; number <= people; number++)
				machines.lines.push(await Line.lay(machines.server, number));
			return machines;
		} catch (error) {
			await machines.close();
			throw error;
		}
	}

	/** What runs in them is to be ended before. */
	async close(): Promise<void> {
		for (const { client } of this.lines) await client.close();
		await this.server.close();
	}
}
