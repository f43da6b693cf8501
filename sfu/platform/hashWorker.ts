import { scryptSync } from 'node:crypto';
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { HashAnswer, HashInput } from './hashThread.ts';

// Linux lowers the calling thread alone. Other systems would lower the whole process.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

function hash({ password, salt, length, options }: HashInput): HashAnswer {
	const before = process.threadCpuUsage();
	try {
		const key = scryptSync(password, salt, length, options);
		const { user, system } = process.threadCpuUsage(before);
		return { key, ms: (user + system) / 1000 };
	} catch (error) {
		return { failure: String(error) };
	}
}

parentPort?.on('message', (input: HashInput) => parentPort?.postMessage(hash(input)));
