// What pages and the service worker tell each other by way of the browser's storage: the service worker may have ended
// and begun anew in between, and has no page to ask.

const cacheName = 'parley:kept';

/** What the service worker says, in the language of the page that was open last. */
export type ServiceWorkerWords = {
	language: string;
	direction: 'ltr' | 'rtl';
	/** Templates, in which `{name}` stands for a person. */
	calling: string;
	callingWithVideo: string;
	missed: string;
	direct: string;
	mentioned: string;
	/** Of an end-to-end encrypted room, whose words nobody has here. */
	encrypted: string;
	accept: string;
	decline: string;
	over: string;
	file: string;
	unreachable: string;
	check: string;
	again: string;
};

/** The call that was accepted on its notification, and when, in ms since 1970. */
export type AcceptedCall = { ringId: string; at: number };

type Kept = { words: ServiceWorkerWords; accepted: AcceptedCall };

const addressOf = (name: keyof Kept) => `/kept/${name}`;

export async function keep<N extends keyof Kept>(name: N, value: Kept[N]): Promise<void> {
	const cache = await caches.open(cacheName);
	await cache.put(addressOf(name), Response.json(value));
}

/** Null if nothing is kept. */
export async function recall<N extends keyof Kept>(name: N): Promise<Kept[N] | null> {
	const cache = await caches.open(cacheName);
	const answer = await cache.match(addressOf(name));
	return answer ? ((await answer.json()) as Kept[N]) : null;
}

/** As `recall`; it is not kept any more. */
export async function take<N extends keyof Kept>(name: N): Promise<Kept[N] | null> {
	const value = await recall(name);
	const cache = await caches.open(cacheName);
	const wasThere = await cache.delete(addressOf(name));
	// Of two pages that look at the same moment, one has it.
	return wasThere ? value : null;
}
