import { FrameOpener } from './frameOpener.ts';
import { FrameSealer } from './frameSealer.ts';
import type { FrameTask, ToFrameWorker } from './frameMessages.ts';

/** Seals and opens frames beside the page's own thread: pictures and voices go on while the page is busy. */

type Frame = { data: ArrayBuffer };
type Streams = { readable: ReadableStream<Frame>; writable: WritableStream<Frame> };
type Transformer = Streams & { options: FrameTask; sendKeyFrameRequest?: () => Promise<unknown> };

/** How long the frames of the secret before open, after a new one came, in ms. */
const changeover = 5000;
/** How often a key frame is asked for while frames do not open, in ms. */
const keyFramePause = 1000;
/** How often the page is told what did not open, in ms. */
const reportPause = 1000;
/** Producers of others whose frames are remembered, so that none of them opens twice. */
const mostOpeners = 512;

const media = new Map<number, CryptoKey>();
const sealers = new Set<FrameSealer>();
const openers = new Map<string, FrameOpener>();
const counts = new Map<string, { opened: number; failed: number }>();
let newest = 0;

function openerOf(source: string): FrameOpener {
	const known = openers.get(source) ?? new FrameOpener(source, (epoch) => media.get(epoch));
	openers.delete(source);
	openers.set(source, known);
	const [oldest] = openers.keys();
	if (openers.size > mostOpeners && oldest !== undefined) openers.delete(oldest);
	return known;
}

/** What does not come through the transform does not leave the browser, and is not shown. */
function pipe({ readable, writable }: Streams, transform: (frame: Frame) => Promise<boolean>) {
	const stream = new TransformStream<Frame, Frame>({
		transform: async (frame, controller) => {
			if (await transform(frame)) controller.enqueue(frame);
		},
	});
	// It ends with the track that it belongs to.
	return readable
		.pipeThrough(stream)
		.pipeTo(writable)
		.catch(() => undefined);
}

async function seal(streams: Streams, { source, kind }: FrameTask): Promise<void> {
	const key = media.get(newest);
	if (!key) return;
	const sealer = new FrameSealer(source, kind, newest, key);
	sealers.add(sealer);
	await pipe(streams, async (frame) => {
		frame.data = (await sealer.seal(new Uint8Array(frame.data))).buffer;
		return true;
	});
	sealers.delete(sealer);
}

async function open(streams: Streams, { source, kind }: FrameTask, ask: () => void): Promise<void> {
	const opener = openerOf(source);
	const count = { opened: 0, failed: 0 };
	counts.set(source, count);
	let asked = -keyFramePause;
	await pipe(streams, async (frame) => {
		const now = performance.now();
		const opened = await opener.open(new Uint8Array(frame.data), now);
		if (opened) {
			count.opened++;
			frame.data = opened.buffer;
			return true;
		}
		count.failed++;
		if (kind === 'video' && now - asked >= keyFramePause) {
			asked = now;
			ask();
		}
		return false;
	});
	if (counts.get(source) === count) counts.delete(source);
}

function begin(streams: Streams, task: FrameTask, ask: () => void): void {
	void (task.direction === 'send' ? seal(streams, task) : open(streams, task, ask));
}

function setEpoch(epoch: number, key: CryptoKey): void {
	media.set(epoch, key);
	if (epoch < newest) return;
	const before = newest;
	newest = epoch;
	for (const sealer of sealers) sealer.setEpoch(epoch, key);
	if (before !== epoch) setTimeout(() => media.delete(before), changeover);
}

self.addEventListener('message', ({ data }: MessageEvent<ToFrameWorker>) => {
	if (data.kind === 'epoch') setEpoch(data.epoch, data.media);
	else if (data.kind === 'step') for (const sealer of sealers) sealer.advance();
	else begin(data, data.task, () => undefined);
});

// TypeScript knows the events of pages here, and not those of workers.
self.addEventListener('rtctransform', (event) => {
	const { transformer } = event as Event & { transformer: Transformer };
	// A frame that is missing is asked for by the browser as well, a moment later.
	const ask = () => void transformer.sendKeyFrameRequest?.().catch(() => undefined);
	begin(transformer, transformer.options, ask);
});

setInterval(() => {
	if (counts.size > 0)
		self.postMessage([...counts].map(([source, count]) => ({ source, ...count })));
}, reportPause);
