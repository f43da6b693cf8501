import type { TestProject } from 'vitest/node';
import { PostgresServer } from '../support/postgres.ts';

declare module 'vitest' {
	export interface ProvidedContext {
		postgresUrl: string;
		/** The folder of its programs. */
		postgresPrograms: string;
	}
}

/** One PostgreSQL server for the run; each test file has databases of its own in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const server = await PostgresServer.start();
	project.provide('postgresUrl', server.url());
	project.provide('postgresPrograms', server.programs);
	return () => server.close();
}
