import { defineConfig } from 'vitest/config';
import { childEnvironment } from './support/childEnvironment.ts';
import { SlowestFirst } from './support/slowestFirst.ts';

/** The thread of SQLite that each service and store starts reads its modules from this cache. */
const env = { NODE_COMPILE_CACHE: childEnvironment.NODE_COMPILE_CACHE };

export default defineConfig({
	root: import.meta.dirname,
	test: {
		sequence: { sequencer: SlowestFirst },
		// Of what runs in the processes of the tests: service processes and browsers are not measured.
		coverage: {
			provider: 'v8',
			allowExternal: true,
			include: ['../sfu/**/*.ts', '../shared/**/*.ts', '../web/src/lib/**/*.ts'],
			reporter: ['text-summary', 'html'],
			reportsDirectory: '../.cache/coverage',
		},
		projects: [
			{
				test: {
					name: 'unit',
					sequence: { groupOrder: 0 },
					root: import.meta.dirname,
					include: ['unit/**/*.test.ts'],
					// On a busy machine a hash of a password alone takes seconds.
					testTimeout: 30_000,
					// Each file takes back what it changes for others: to start a worker for each takes as long as the tests.
					isolate: false,
				},
			},
			{
				test: {
					name: 'store',
					sequence: { groupOrder: 1 },
					root: import.meta.dirname,
					include: ['contract/**/*.test.ts'],
					env,
					globalSetup: ['contract/globalSetup.ts'],
					isolate: false,
					maxWorkers: 3,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'integration',
					sequence: { groupOrder: 2 },
					root: import.meta.dirname,
					include: ['integration/**/*.test.ts'],
					env,
					// Files of a worker share its modules, and its service where the common configuration will do.
					isolate: false,
					// Much of it waits for a process to start or for a second to pass: two cores bear three.
					maxWorkers: 3,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'networks',
					sequence: { groupOrder: 5 },
					root: import.meta.dirname,
					include: ['networks/**/*.test.ts'],
					env,
					maxWorkers: 2,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'cluster',
					sequence: { groupOrder: 3 },
					root: import.meta.dirname,
					include: [
						'cluster/**/*.test.ts',
						// What people do, once more on three nodes behind a load balancer.
						...['becoming', 'calls', 'chat', 'knocking', 'matchPresence', 'people'].map(
							(name) => `integration/${name}.test.ts`,
						),
					],
					env: { ...env, PARLEY_TEST_NODES: '3' },
					globalSetup: ['cluster/globalSetup.ts'],
					isolate: false,
					// Each file has nodes of its own, which compete for the time in which a lease is to be renewed.
					maxWorkers: 2,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'hostile',
					sequence: { groupOrder: 4 },
					root: import.meta.dirname,
					include: ['hostile/**/*.test.ts'],
					// Each file attacks a service process of its own, and mostly waits for its answers.
					maxWorkers: 3,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
