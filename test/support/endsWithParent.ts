import { isMainThread } from 'node:worker_threads';

// Loaded into a service process before its own code, by `--import`. The process ends when the one that started it is gone,
// whatever ended that one: no service is left behind.

if (isMainThread && process.send) {
	process.on('disconnect', () => process.exit(1));
	process.channel?.unref();
}
