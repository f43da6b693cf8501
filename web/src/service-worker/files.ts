import { immutable } from '$app/manifest';
import { addressOf } from './self.ts';

/** Of a service below this path alone: another one on this host has a cache of its own. */
const cacheName = `parley:files${addressOf('/').slice(0, -1)}`;
const files = new Set(immutable.map(({ path }) => addressOf(`/${path.replace(/^\//, '')}`)));

/** Whether this is a file of this build that never changes. Nothing else is cached: neither pages nor data. */
export const isFile = (path: string): boolean => files.has(path);

/** The file, from the cache if it is there. */
export async function fileOf(request: Request): Promise<Response> {
	const cache = await caches.open(cacheName).catch(() => null);
	const kept = await cache?.match(request, { ignoreVary: true });
	if (kept) return kept;
	const answer = await fetch(request);
	// A full storage costs a download, not a page.
	if (answer.status === 200) void cache?.put(request, answer.clone()).catch(() => undefined);
	return answer;
}

/** Removes the files of other builds, so that the cache holds at most those of one. */
export async function cleanFiles(): Promise<void> {
	const cache = await caches.open(cacheName);
	for (const request of await cache.keys())
		if (!isFile(new URL(request.url).pathname)) await cache.delete(request);
}
