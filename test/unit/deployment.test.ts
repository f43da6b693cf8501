import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { checkNodeSettings } from '../../sfu/cluster/serviceNode.ts';
import { loadConfig, type Config } from '../../sfu/platform/config.ts';

const root = join(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** How long closing takes at most after the drain, in s (SERVICE-2). */
const closing = 20;

/** What the service makes of these variables; a warning about one fails. */
const configOf = (env: Record<string, string>): Config =>
	loadConfig(undefined, env, (words) => expect.fail(words));

/* eslint-disable @typescript-eslint/no-explicit-any -- what a file holds is found out by these tests */
/** The objects of a manifest, by their kinds. */
function manifest(file: string): (kind: string) => any {
	const objects = parseAllDocuments(textOf(file), { uniqueKeys: true }).map((document) => {
		expect(document.errors).toEqual([]);
		return document.toJS() as any;
	});
	return (kind) => objects.find((object) => object.kind === kind);
}

/** The variables of a container, where the cluster has filled in what it knows. */
const variablesOf = (
	configMap: any,
	container: any,
	known: Record<string, string>,
): Record<string, string> => ({
	...configMap.data,
	...Object.fromEntries(
		container.env
			.filter(({ value }: { value?: string }) => value !== undefined)
			.map(({ name, value }: Record<'name' | 'value', string>) => [
				name,
				value.replaceAll(/\$\((\w+)\)/g, (_all, of: string) => known[of] ?? expect.fail(of)),
			]),
	),
});

/** What the image sets. */
const image = Object.fromEntries(
	[...textOf('Dockerfile').matchAll(/\b(PARLEY_\w+)=(\S+)/g)].map(([, name, value]) => [
		name,
		value,
	]),
);

const mountsOf = (container: any): Record<string, string> =>
	Object.fromEntries(
		container.volumeMounts.map(({ name, mountPath }: Record<'name' | 'mountPath', string>) => [
			...[name, mountPath],
		]),
	);

/** What every pod of Parley is: in the network of its machine, and no other user, whose probes end nothing that is only busy. */
function expectPod(pod: any, config: Config): void {
	const [container] = pod.containers;
	expect(pod).toMatchObject({
		hostNetwork: true,
		dnsPolicy: 'ClusterFirstWithHostNet',
		enableServiceLinks: false,
		securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
	});
	expect(container.securityContext).toEqual({
		allowPrivilegeEscalation: false,
		readOnlyRootFilesystem: true,
		capabilities: { drop: ['ALL'] },
	});
	expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(config.drain.seconds + closing);
	const { port } = config.http;
	expect(container.ports[0]).toEqual({ name: 'http', containerPort: port, hostPort: port });
	const { startupProbe, livenessProbe, readinessProbe } = container;
	for (const probe of [startupProbe, livenessProbe, readinessProbe])
		expect(probe.httpGet.port).toBe('http');
	expect(startupProbe.httpGet.path).toBe('/healthz');
	expect(livenessProbe.httpGet.path).toBe('/healthz');
	expect(readinessProbe.httpGet.path).toBe('/readyz');
	expect(livenessProbe.periodSeconds * livenessProbe.failureThreshold).toBeGreaterThanOrEqual(60);
}

/** The host name leads to the pods. */
function expectWay(the: (kind: string) => any, spec: any): void {
	const { matchLabels } = spec.selector;
	expect(spec.template.metadata.labels).toEqual(matchLabels);
	expect(the('Service').spec).toMatchObject({
		selector: matchLabels,
		ports: [{ name: 'http', targetPort: 'http' }],
	});
	const [rule] = the('Ingress').spec.rules;
	expect(rule.http.paths[0].backend.service).toEqual({ name: 'parley', port: { name: 'http' } });
	expect(the('Ingress').spec.tls[0].hosts).toEqual([rule.host]);
}

describe('the manifest for Kubernetes', () => {
	const the = manifest('docs/operations/kubernetes.yaml');
	const { spec } = the('StatefulSet');
	const pod = spec.template.spec;
	const [container] = pod.containers;
	const nodeAddress = '10.0.0.7';
	const variables = variablesOf(the('ConfigMap'), container, { NODE_ADDRESS: nodeAddress });
	const config = configOf({ ...image, ...variables });

	test('has settings that the service knows, all of them text', () => {
		for (const value of Object.values(variables)) expect(value).toBeTypeOf('string');
		expect(config).toMatchObject({
			data: { dir: '/data' },
			http: { port: 3000, trustProxy: ['10.244.0.0/16'] },
			media: { port: 40000, workers: 4, announcedAddress: ['203.0.113.5', nodeAddress] },
		});
	});

	test('has one pod, which fits the service and writes to its volumes only', () => {
		expect(spec.replicas).toBe(1);
		expectPod(pod, config);
		const volumes = [
			...spec.volumeClaimTemplates.map((claim: never) => claim['metadata']),
			...pod.volumes,
		];
		expect(mountsOf(container)).toEqual({ data: image['PARLEY_DATA_DIR'], tmp: '/tmp' });
		expect(volumes.map(({ name }: { name: string }) => name).sort()).toEqual(['data', 'tmp']);
	});

	test('leads from the host name to the pod', () => expectWay(the, spec));
});

describe('the manifest for several nodes in Kubernetes', () => {
	const the = manifest('docs/operations/kubernetes-cluster.yaml');
	const { spec } = the('Deployment');
	const pod = spec.template.spec;
	const [container] = pod.containers;
	const known = {
		POD_NAME: 'parley-6d4cf56db6-x2k9p',
		MACHINE_NAME: 'worker-7',
		MACHINE_ADDRESS: '10.0.0.7',
	};
	const variables = variablesOf(the('ConfigMap'), container, known);
	const databaseUrl = 'postgres://parley:p@postgres/parley';
	const config = configOf({ ...image, ...variables, PARLEY_DATA_DATABASEURL: databaseUrl });

	test('has settings that fit nodes, each with an id and addresses of its own', () => {
		for (const value of Object.values(variables)) expect(value).toBeTypeOf('string');
		checkNodeSettings(config);
		expect(config).toMatchObject({
			redis: { url: 'redis://redis.example.internal:6379' },
			node: { id: known.POD_NAME, address: known.MACHINE_ADDRESS, port: 3100 },
			http: { port: 3000, trustProxy: ['10.244.0.0/16'] },
			media: {
				port: 40000,
				workers: 4,
				announcedAddress: ['worker-7.media.example.org', known.MACHINE_ADDRESS],
			},
		});
		// What the cluster fills in is what it knows of each pod.
		const filled = container.env.filter((one: any) => one.valueFrom).map((one: any) => one.name);
		expect(filled).toEqual(Object.keys(known));
		expect(container.envFrom).toEqual([
			{ configMapRef: { name: 'parley' } },
			{ secretRef: { name: 'parley' } },
		]);
	});

	test('has a pod on each machine, which fits the service', () => {
		expect(spec.replicas).toBeGreaterThan(1);
		expectPod(pod, config);
		const port = config.node.port;
		expect(container.ports[1]).toEqual({ name: 'node', containerPort: port, hostPort: port });
		const [rule] = pod.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
		expect(rule.topologyKey).toBe('kubernetes.io/hostname');
		expect(rule.labelSelector).toEqual(spec.selector);
		expect(Number(container.resources.requests.cpu)).toBeGreaterThan(config.media.workers);
	});

	test('shares one volume for files among all pods, and lets each write to its own folders besides', () => {
		expect(mountsOf(container)).toEqual({
			data: config.data.dir,
			files: config.files.dir,
			tmp: '/tmp',
		});
		const claim = the('PersistentVolumeClaim');
		expect(claim.spec.accessModes).toEqual(['ReadWriteMany']);
		expect(pod.volumes).toEqual([
			{ name: 'data', emptyDir: {} },
			{ name: 'files', persistentVolumeClaim: { claimName: claim.metadata.name } },
			{ name: 'tmp', emptyDir: {} },
		]);
	});

	test('ends one node after the other, and leaves each the time to drain', () => {
		expect(spec.strategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
		expect(spec.progressDeadlineSeconds).toBeGreaterThan(pod.terminationGracePeriodSeconds);
		const budget = the('PodDisruptionBudget').spec;
		expect(budget).toEqual({ maxUnavailable: 1, selector: spec.selector });
	});

	test('leads from the host name to the pods', () => expectWay(the, spec));
});
/* eslint-enable @typescript-eslint/no-explicit-any */

describe('the unit for systemd', () => {
	const unit = textOf('docs/operations/parley.service');
	/** The values of a key, in the order of the file. */
	const valuesOf = (key: string) =>
		[...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

	test('has settings that the service knows, and leaves it the time that it drains and closes in', () => {
		const variables = valuesOf('Environment').map((value) => value.split('=') as [string, string]);
		const { drain, data } = configOf(Object.fromEntries(variables));
		expect(data.dir).toBe(`/var/lib/${valuesOf('StateDirectory')[0]}`);
		expect(Number(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(drain.seconds + closing);
		// Only the service itself hears SIGTERM: media workers would end with it, and the calls with them.
		expect(valuesOf('KillMode')).toEqual(['mixed']);
	});

	test.runIf(existsSync('/usr/bin/systemd-analyze'))(
		'is understood by systemd without a word, and leaves the service next to nothing of the machine',
		() => {
			const folder = mkdtempSync(join(tmpdir(), 'parley-unit-'));
			try {
				const file = join(folder, 'parley.service');
				// The program is where the operator puts it.
				writeFileSync(file, unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
				const run = (...args: string[]) =>
					spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: 20_000 });
				const { status, stdout, stderr } = run('verify', file);
				expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
				const { stdout: rating } = run('security', '--offline=true', '--no-pager', file);
				const exposure = Number(/exposure level for parley\.service: ([\d.]+)/.exec(rating)?.[1]);
				expect(exposure).toBeLessThan(2);
			} finally {
				rmSync(folder, { recursive: true, force: true });
			}
		},
	);
});

describe('the dashboard for Grafana', () => {
	type Panel = { title: string; targets?: { expr: string; legendFormat?: string }[] };
	const { panels } = JSON.parse(textOf('docs/operations/grafana-dashboard.json')) as {
		panels: Panel[];
	};
	const targets = panels.flatMap(({ title, targets: of = [] }) =>
		of.map((target) => ({ title, ...target })),
	);

	test('asks for the instances that are chosen, in each of its queries', () => {
		expect(targets.length).toBeGreaterThan(30);
		for (const { title, expr } of targets) {
			const selectors = expr.match(/\{[^}]*\}/g) ?? [];
			expect(selectors.length, title).toBeGreaterThan(0);
			for (const selector of selectors)
				expect(selector, title).toContain('job="$job",instance=~"$instance"');
		}
	});

	test('adds the nodes up, or names the node of each line', () => {
		for (const { title, expr, legendFormat = '' } of targets)
			if (!/\bsum\b/.test(expr)) expect(legendFormat, title).toContain('{{instance}}');
	});
});

const caddy = '/usr/bin/caddy';

describe('the nodes of compose.cluster.yaml', () => {
	type Compose = {
		services: Record<
			string,
			{
				environment?: Record<string, string>;
				ports?: string[];
				volumes?: string[];
				stop_grace_period?: string;
			}
		>;
		configs: Record<string, { content: string }>;
		volumes: Record<string, null>;
	};
	const given: Record<string, string> = {
		PARLEY_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.5',
		PARLEY_DATABASE_PASSWORD: 'p',
		PARLEY_TURN_SECRET: 's',
	};
	const text = textOf('compose.cluster.yaml').replaceAll(
		/\$\{(\w+)(?::\?[^}]*)?\}/g,
		(_all, name: string) => given[name] ?? expect.fail(`${name} is not given`),
	);
	const { services, configs, volumes } = parse(text, { merge: true }) as Compose;
	const nodes = Object.entries(services).filter(([name]) => name.startsWith('parley-'));
	const settings = nodes.map(([, { environment = {} }]) =>
		configOf({ PARLEY_DATA_DIR: '/data', ...environment }),
	);

	test('have settings that fit nodes, each an id, a folder and media ports of its own', () => {
		for (const config of settings) checkNodeSettings(config);
		expect(settings.map(({ node }) => [node.id, node.url])).toEqual([
			['a', 'http://parley-a:3100'],
			['b', 'http://parley-b:3100'],
		]);
		for (const [index, [, { ports, volumes: mounts }]] of nodes.entries()) {
			const { media, node } = settings[index] ?? expect.fail('no settings');
			// One port for each worker, its own ones and those that it runs for other nodes.
			const range = `${media.port}-${media.port + media.workers + node.lentWorkers - 1}`;
			expect(ports).toEqual([`${range}:${range}/udp`, `${range}:${range}/tcp`]);
			expect(mounts).toEqual([`data-${'ab'[index]}:/data`, 'files:/files']);
		}
		const [one, two] = settings;
		const count = (one?.media.workers ?? 9) + (one?.node.lentWorkers ?? 9);
		expect((two?.media.port ?? 0) - (one?.media.port ?? 0)).toBeGreaterThanOrEqual(count);
		for (const name of ['data-a', 'data-b', 'files', 'database'])
			expect(volumes).toHaveProperty(name);
	});

	test('have the time that they drain and close in', () => {
		for (const [index, [, node]] of nodes.entries())
			expect(Number.parseInt(node.stop_grace_period ?? '', 10)).toBeGreaterThan(
				(settings[index]?.drain.seconds ?? 0) + closing,
			);
	});

	test.runIf(existsSync(caddy))('stand behind a load balancer that Caddy understands', () => {
		const folder = mkdtempSync(join(tmpdir(), 'parley-caddy-'));
		try {
			const file = join(folder, 'Caddyfile');
			writeFileSync(file, configs['caddyfile']?.content ?? '');
			const { status, stderr } = spawnSync(
				caddy,
				['validate', '--adapter', 'caddyfile', '--config', file],
				{ encoding: 'utf8', timeout: 20_000, env: { ...process.env, HOME: folder } },
			);
			expect({ status, said: status === 0 ? '' : stderr }).toEqual({ status: 0, said: '' });
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	});
});
