import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import { receivedOf, type Person, type Received } from '../support/browser.ts';
import type { MediaState } from './mediaStates.ts';

/** How long a first picture may take before the run counts as a miss, in ms. */
const patience = 10_000;
/** How long the second of two signs of a picture may take after the first, in ms. */
const grace = 1000;

/** What a page has to say of a first picture. All times are in ms of the page's own clock. */
export type Pictured = {
	/** When what is measured began, and when that clock began in ms since 1970. */
	began: number;
	origin: number;
	/** The marks of the page since then, without `parley:`. */
	marks: Record<string, number>;
	/** When the tile of another person had its first picture; null if it has none. */
	inTile: number | null;
};

declare global {
	interface Window {
		pictureWatch: {
			/** Forgets what was seen so far: what is measured next begins with this mark, or now. */
			arm: (began: string | null) => void;
			/** Resolves as soon as the picture is there, and at the latest when its time is up. */
			until: (limit: number, grace: number) => Promise<Pictured>;
		};
	}
}

/** Runs in the page before its own scripts: takes note of first pictures from the beginning. */
function watch(others: readonly string[]): void {
	const pictures: number[] = [];
	let mark: string | null = null;
	let armed = 0;
	let changed = (): void => undefined;
	const see = (target: EventTarget | null): void => {
		const tile = target instanceof Element ? target.closest('[data-testid=tile]') : null;
		if (!others.includes(tile?.getAttribute('aria-label') ?? '')) return;
		pictures.push(performance.now());
		changed();
	};
	document.addEventListener('loadeddata', ({ target }) => see(target), true);
	// A video may come into its tile with a picture.
	new MutationObserver((changes) => {
		for (const { addedNodes } of changes)
			for (const node of addedNodes)
				if (node instanceof Element)
					for (const video of [node, ...node.querySelectorAll('video')])
						if (video instanceof HTMLVideoElement && video.readyState >= 2) see(video);
	}).observe(document, { childList: true, subtree: true });
	new PerformanceObserver(() => changed()).observe({ type: 'mark' });
	const look = (): Pictured => {
		const marks: Record<string, number> = {};
		for (const { name, startTime } of performance.getEntriesByType('mark'))
			if (name.startsWith('parley:') && startTime >= armed)
				marks[name.slice('parley:'.length)] = startTime;
		const began = mark === null ? armed : (marks[mark] ?? Infinity);
		const inTile = pictures.find((at) => at >= began) ?? null;
		return { began, origin: performance.timeOrigin, marks, inTile };
	};
	window.pictureWatch = {
		arm: (began) => {
			mark = began;
			armed = performance.now();
			pictures.length = 0;
		},
		until: (limit, patienceForSecond) =>
			new Promise((resolve) => {
				let second: ReturnType<typeof setTimeout> | null = null;
				const done = (): void => {
					changed = () => undefined;
					clearTimeout(atMost);
					if (second) clearTimeout(second);
					resolve(look());
				};
				const atMost = setTimeout(done, limit);
				changed = () => {
					const { began, marks, inTile } = look();
					const marked = (marks['first-frame'] ?? -1) >= began;
					if (marked && inTile !== null) done();
					else if ((marked || inTile !== null) && !second)
						second = setTimeout(done, patienceForSecond);
				};
				// What is there already counts.
				changed();
			}),
	};
}

/** To be called before the first page of this person is loaded: takes note of first pictures of people with these names. */
export async function watchPictures({ context }: Person, others: readonly string[]): Promise<void> {
	await context.addInitScript(watch, others);
}

/**
 * What is measured next begins with this mark of the page, or now. To be called before the press.
 *
 * @returns resolves with the first picture, or with what there is of it after 10 s. Nothing is asked of the page meanwhile:
 * looking for elements takes time from what is measured.
 */
export async function armed(page: Page, began: string | null): Promise<() => Promise<Pictured>> {
	await page.evaluate((mark) => window.pictureWatch.arm(mark), began);
	const seen = pictured(page);
	// Where the press fails, its failure is the one that counts.
	seen.catch(() => undefined);
	return () => seen;
}

/** The first picture since the page was loaded, or since it was armed; what there is of it after 10 s. */
export const pictured = (page: Page): Promise<Pictured> =>
	page.evaluate(([limit, second]) => window.pictureWatch.until(limit, second), [
		patience,
		grace,
	] as const);

/** The ms from the beginning to each of these marks; NaN without the mark. The first picture may be seen in its tile alone. */
export function timesOf({ began, marks, inTile }: Pictured, names: readonly string[]) {
	const times: Record<string, number> = {};
	for (const name of names) times[name] = (marks[name] ?? Number.NaN) - began;
	times['first-frame'] = (marks['first-frame'] ?? inTile ?? Number.NaN) - began;
	times['picture in the tile'] = (inTile ?? Number.NaN) - began;
	return times;
}

/** What a sender says of one of its encodings of video. */
type SentState = {
	rid?: string;
	active?: boolean;
	framesEncoded?: number;
	keyFramesEncoded?: number;
	packetsSent?: number;
	pliCount?: number;
};

/** All that tells where a picture got stuck. */
export type Evidence = {
	seen: Pictured;
	/** What the receiving page has of it; null without a video. */
	received: Received | null;
	/** The states of the peer connections of both ends. */
	connections: { receiver: string[]; sender: string[] };
	sent: SentState[];
	/** What the media engine does with videos, and how many packets each of them had in the last half second. */
	engine: (MediaState & { lately: number })[];
};

/** The states of the page's peer connections. */
const connectionsOf = ({ page }: Person): Promise<string[]> =>
	page.evaluate(() =>
		window.peerConnections.map(
			({ connectionState, iceConnectionState }) => `${connectionState}/${iceConnectionState}`,
		),
	);

/** Asks both ends and the media engine what they have of a picture that did not come. */
export async function evidenceOf(
	seen: Pictured,
	{ receiver, sender }: { receiver: Person; sender: Person },
	engine: () => Promise<MediaState[]>,
): Promise<Evidence> {
	const video = receiver.tile(sender.name).locator('video');
	const before = new Map((await engine()).map(({ id, packets }) => [id, packets]));
	await pause(500);
	const [received, ofReceiver, ofSender, sent, media] = await Promise.all([
		video.count().then((count) => (count === 1 ? video.evaluate(receivedOf) : null)),
		connectionsOf(receiver),
		connectionsOf(sender),
		sender.stats('outbound-rtp', 'video') as Promise<SentState[]>,
		engine(),
	]);
	return {
		seen,
		received,
		connections: { receiver: ofReceiver, sender: ofSender },
		sent: sent.map(({ rid, active, framesEncoded, keyFramesEncoded, packetsSent, pliCount }) => ({
			rid,
			active,
			framesEncoded,
			keyFramesEncoded,
			packetsSent,
			pliCount,
		})),
		engine: media.map((each) => ({
			...each,
			lately: each.packets - (before.get(each.id) ?? 0),
		})),
	};
}

/** Which side a picture got stuck at: the first one on its way, backwards from the screen, that did its part. */
export function stuckAt({ seen, received, sent, engine }: Evidence): string {
	if (seen.began === Infinity) return 'the press: the page has not taken it';
	if (!received) return 'the page: there is no video for the picture';
	const { frames, framesDecoded = 0, packetsReceived = 0, pliCount = 0, track } = received;
	if (frames > 0)
		return `the page: ${frames} frames are shown, and neither a mark nor a tile said so`;
	if (framesDecoded > 0) return `the page: ${framesDecoded} frames were decoded, and none is shown`;
	if (packetsReceived > 0)
		return `the sender: of ${packetsReceived} packets no frame could be decoded; ${pliCount} key frames were requested`;
	if (!track) return 'the page: its video has no track';
	const consumer = engine.find(({ id, isConsumer }) => isConsumer && id === track.id);
	if (!consumer) return 'the server: it has no such consumer';
	if (consumer.paused) return 'the server: the consumer is paused';
	if (consumer.packets > 0)
		return `the line to the receiver: the consumer has sent ${consumer.packets} packets, and none came`;
	const producer = engine.find(({ id, isConsumer }) => !isConsumer && id === consumer.producerId);
	const layers = `layer ${consumer.layers.wanted} is wanted`;
	if (producer && producer.lately > 0)
		return `the server: the producer receives packets, and the consumer has sent none; ${layers}`;
	const packets = sent.reduce((sum, { packetsSent = 0 }) => sum + packetsSent, 0);
	return `the sender: it sends nothing now; ${packets} packets so far, ${producer?.packets ?? 0} of them have come to the server; ${layers}`;
}
