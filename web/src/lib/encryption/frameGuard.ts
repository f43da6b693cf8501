import type { MediaSource } from '#shared/mediaSource.ts';
import type { PeerId } from '#shared/ids.ts';
import type { FrameCount, FrameTask, ToFrameWorker } from './frameMessages.ts';
import { UnopenedFrames } from './unopenedFrames.ts';

/** The older interface, which Chromium has had before `RTCRtpScriptTransform`. */
type WithStreams = {
	createEncodedStreams?: () => { readable: ReadableStream; writable: WritableStream };
};
type Ends = RTCRtpSender | RTCRtpReceiver;

const hasScriptTransform = () => 'RTCRtpScriptTransform' in globalThis;
const hasStreams = () =>
	'RTCRtpSender' in globalThis && 'createEncodedStreams' in RTCRtpSender.prototype;

/** Whether this browser can seal what it sends: it has encoded transforms, and the page came by HTTPS. */
export const canEncrypt = (): boolean =>
	'subtle' in crypto && typeof Worker === 'function' && (hasScriptTransform() || hasStreams());

/** Lets no frame leave that is not sealed, and none in that does not open. */
export class FrameGuard {
	/** What the connections of a call need where the browser hands frames to the page. */
	readonly settings: Partial<RTCConfiguration> & { encodedInsertableStreams?: true } =
		hasScriptTransform() ? {} : { encodedInsertableStreams: true };
	readonly #worker = new Worker(new URL('./frameWorker.ts', import.meta.url), { type: 'module' });
	readonly #unopened = new UnopenedFrames();
	/** The producers of each peer that were received. */
	readonly #sources = new Map<PeerId, Set<string>>();

	constructor(epoch: number, media: CryptoKey) {
		this.#worker.onmessage = ({ data }: MessageEvent<FrameCount[]>) =>
			this.#unopened.note(data, performance.now());
		this.setEpoch(epoch, media);
	}

	/** Whether some of what a peer sends has not opened for some seconds. */
	isUnopened(peerId: PeerId): boolean {
		const now = performance.now();
		const sources = this.#sources.get(peerId) ?? [];
		return [...sources].some((source) => this.#unopened.isUnopened(source, now));
	}

	/** How many frames of a producer did not open. */
	failed(producerId: string): number {
		return this.#unopened.failed(producerId);
	}

	/** Seals everything that this sender sends. Has to be called before it is negotiated. */
	send(sender: RTCRtpSender, producerId: string, source: MediaSource): void {
		const kind = source === 'camera' || source === 'screen' ? 'video' : 'audio';
		this.#attach(sender, { direction: 'send', source: producerId, kind });
	}

	/** Opens what this receiver receives. */
	receive(
		receiver: RTCRtpReceiver,
		producerId: string,
		kind: FrameTask['kind'],
		peerId: PeerId,
	): void {
		this.#sources.set(peerId, (this.#sources.get(peerId) ?? new Set()).add(producerId));
		this.#attach(receiver, { direction: 'receive', source: producerId, kind });
	}

	/** From now on everything is sealed by this epoch's key. */
	setEpoch(epoch: number, media: CryptoKey): void {
		this.#tell({ kind: 'epoch', epoch, media });
	}

	/** The keys of what is sent go one step on. */
	step(): void {
		this.#tell({ kind: 'step' });
	}

	close(): void {
		this.#worker.terminate();
	}

	#attach(end: Ends & WithStreams, task: FrameTask): void {
		if (hasScriptTransform()) {
			end.transform = new RTCRtpScriptTransform(this.#worker, task);
			return;
		}
		const streams = end.createEncodedStreams?.();
		if (!streams) throw new Error('the browser hands out no frames');
		const { readable, writable } = streams;
		const message: ToFrameWorker = { kind: 'streams', task, readable, writable };
		this.#worker.postMessage(message, [readable, writable]);
	}

	#tell(message: ToFrameWorker): void {
		this.#worker.postMessage(message);
	}
}
