import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { processUse } from '../processUse.ts';

/** What a process of the service has used so far: CPU in ms, and memory now in MB; null where that is not known. */
export type Use = { name: string; cpu: number; memory: number | null };

/**
 * What the processes of the service have used so far: by `/metrics` where there is a token, else by the numbers of Linux where
 * the service is on this machine and may be looked at.
 *
 * @returns nothing where neither tells.
 */
export async function serviceUse(url: string, metricsToken: string | null): Promise<Use[]> {
	try {
		return metricsToken === null ? ofThisMachine(url) : await ofMetrics(url, metricsToken);
	} catch {
		// The service is gone, or its processes belong to somebody else.
		return [];
	}
}

async function ofMetrics(url: string, token: string): Promise<Use[]> {
	const headers = { authorization: `Bearer ${token}` };
	const response = await fetch(`${url}/metrics`, { headers });
	if (!response.ok) return [];
	const text = await response.text();
	const figures = (name: string) =>
		[...text.matchAll(new RegExp(`^${name}(\\{[^}]*\\})? (\\S+)`, 'gm'))].map(
			([, labels = '', value]) => ({ labels, value: Number(value) }),
		);
	const [node, memory] = [
		figures('process_cpu_seconds_total')[0],
		figures('process_resident_memory_bytes')[0],
	];
	const workers = figures('parley_worker_cpu_seconds').map(({ labels, value }) => {
		return { name: `worker ${/"(.*)"/.exec(labels)?.[1]}`, cpu: value * 1000, memory: null };
	});
	return [
		{ name: 'Node', cpu: (node?.value ?? 0) * 1000, memory: (memory?.value ?? 0) / 2 ** 20 },
		...workers,
	];
}

function ofThisMachine(url: string): Use[] {
	const { hostname, port, protocol } = new URL(url);
	const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
	const here = ['localhost', ...own.map(({ address }) => address)];
	if (!here.includes(hostname.replace(/^\[|\]$/g, ''))) return [];
	const pid = listener(Number(port || (protocol === 'https:' ? 443 : 80)));
	if (pid === null) return [];
	const use = (name: string, of: number): Use => {
		const { cpu, memory } = processUse(of);
		return { name, cpu, memory };
	};
	const workers = childrenOf(pid).filter((child) => nameOf(child).startsWith('mediasoup'));
	return [use('Node', pid), ...workers.map((child, index) => use(`worker ${index}`, child))];
}

const processes = () =>
	readdirSync('/proc')
		.map(Number)
		.filter((pid) => pid > 0);

/** The process that listens on this port, if it may be looked at. */
function listener(port: number): number | null {
	const hex = port.toString(16).toUpperCase().padStart(4, '0');
	const listening = '0A';
	const sockets = ['tcp', 'tcp6']
		.flatMap((file) => readFileSync(`/proc/net/${file}`, 'utf8').split('\n').slice(1))
		.map((line) => line.trim().split(/\s+/))
		.filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === listening)
		.map((fields) => `socket:[${fields[9]}]`);
	return processes().find((pid) => linksOf(pid).some((link) => sockets.includes(link))) ?? null;
}

function linksOf(pid: number): string[] {
	const folder = `/proc/${pid}/fd`;
	try {
		return readdirSync(folder).flatMap((name) => {
			try {
				return [readlinkSync(`${folder}/${name}`)];
			} catch {
				// It was closed meanwhile.
				return [];
			}
		});
	} catch {
		// It belongs to somebody else, or has ended.
		return [];
	}
}

/** Its children in the order in which they began. */
const childrenOf = (parent: number): number[] =>
	processes().filter((pid) => {
		try {
			const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
			return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
		} catch {
			// It has ended.
			return false;
		}
	});

const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'utf8');
