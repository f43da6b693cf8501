import { pino } from 'pino';
import { openOwnedStore } from '../../sfu/store/worker/ownership.ts';

// Owns the data that it is told of until it is killed. Prints "owner", or the sentence that it cannot start with.

const { dir, databaseUrl } = JSON.parse(process.argv[2] ?? '') as {
	dir: string;
	databaseUrl: string;
};
try {
	const lost = (error: Error) => {
		throw error;
	};
	await openOwnedStore({ dir, databaseUrl }, pino({ level: 'silent' }), { lost });
	process.stdout.write('owner\n');
	setInterval(() => undefined, 60_000);
} catch (error) {
	process.stdout.write(`${(error as Error).message}\n`);
}
