import { defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: 'unit',
					root: import.meta.dirname,
					include: ['unit/**/*.test.ts'],
					// Each file takes back what it changes for others: to start a worker for each takes as long as the tests.
					isolate: false,
				},
			},
			{
				test: {
					name: 'store',
					root: import.meta.dirname,
					include: ['contract/**/*.test.ts'],
					globalSetup: ['contract/globalSetup.ts'],
					maxWorkers: 2,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				test: {
					name: 'integration',
					root: import.meta.dirname,
					include: ['integration/**/*.test.ts'],
					// Each file starts a service of its own with real workers: a few at a time are enough.
					maxWorkers: 2,
					testTimeout: 15_000,
					hookTimeout: 30_000,
				},
			},
			{
				test: {
					name: 'hostile',
					root: import.meta.dirname,
					include: ['hostile/**/*.test.ts'],
					// Each file attacks a service process of its own.
					maxWorkers: 2,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
