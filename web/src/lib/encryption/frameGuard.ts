import type { MediaSource } from '#shared/mediaSource.ts';
import type { FrameCount, FrameTask, ToFrameWorker } from './frameMessages.ts';

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
	#counts: readonly FrameCount[] = [];

	constructor(epoch: number, media: CryptoKey) {
		this.#worker.onmessage = ({ data }: MessageEvent<FrameCount[]>) => (this.#counts = data);
		this.setEpoch(epoch, media);
	}

	/** What is received now, by producer. */
	get counts(): readonly FrameCount[] {
		return this.#counts;
	}

	/** Seals everything that this sender sends. Has to be called before it is negotiated. */
	send(sender: RTCRtpSender, producerId: string, source: MediaSource): void {
		const kind = source === 'camera' || source === 'screen' ? 'video' : 'audio';
		this.#attach(sender, { direction: 'send', source: producerId, kind });
	}

	/** Opens what this receiver receives. */
	receive(receiver: RTCRtpReceiver, producerId: string, kind: FrameTask['kind']): void {
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
