import { FakeTrack } from '../devices.ts';

const codecs = [
	{
		kind: 'audio',
		mimeType: 'audio/opus',
		preferredPayloadType: 100,
		payloadType: 100,
		clockRate: 48_000,
		channels: 2,
	},
	{
		kind: 'video',
		mimeType: 'video/VP8',
		preferredPayloadType: 101,
		payloadType: 101,
		clockRate: 90_000,
	},
];
const dtlsParameters = {
	role: 'client',
	fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
};

export type FakeState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

type Listener = (...told: never[]) => void;

class Emitter {
	readonly #listeners = new Map<string, Listener[]>();

	on(name: string, listener: Listener): void {
		this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
	}

	emit(name: string, ...told: unknown[]): void {
		for (const listener of this.#listeners.get(name) ?? []) listener(...(told as never[]));
	}
}

/** The browser's end of something that is sent. */
export class FakeProducer {
	readonly id: string;
	readonly kind: string;
	readonly localId = '0';
	/** How its codec was asked to work. */
	readonly codecOptions: object;
	track: FakeTrack | null;
	closed = false;

	constructor(id: string, track: FakeTrack, codecOptions: object) {
		this.id = id;
		this.codecOptions = codecOptions;
		this.kind = track.kind;
		this.track = track;
	}

	async replaceTrack({ track }: { track: FakeTrack | null }): Promise<void> {
		await Promise.resolve();
		this.track = track;
	}

	close(): void {
		this.closed = true;
	}
}

/** The browser's end of something that is received. */
export class FakeConsumer {
	readonly id: string;
	readonly producerId: string;
	readonly kind: string;
	readonly localId = '0';
	readonly track: FakeTrack;
	closed = false;

	constructor({ id, producerId, kind }: { id: string; producerId: string; kind: string }) {
		this.id = id;
		this.producerId = producerId;
		this.kind = kind;
		this.track = new FakeTrack(kind, `consumer ${id}`);
	}

	close(): void {
		this.closed = true;
		this.track.stop();
	}
}

export class FakeTransport extends Emitter {
	readonly id: string;
	readonly direction: 'send' | 'recv';
	readonly producers: FakeProducer[] = [];
	readonly consumers: FakeConsumer[] = [];
	/** How often ICE was restarted. */
	restarts = 0;
	connectionState: FakeState = 'new';
	closed = false;

	constructor(direction: 'send' | 'recv', id: string) {
		super();
		this.direction = direction;
		this.id = id;
	}

	async produce(options: {
		track: FakeTrack;
		appData: unknown;
		codecOptions?: object;
	}): Promise<FakeProducer> {
		await this.#connect();
		const { kind } = options.track;
		const rtpParameters = {
			codecs: codecs
				.filter((codec) => codec.kind === kind)
				.map(({ mimeType, payloadType, clockRate }) => ({ mimeType, payloadType, clockRate })),
		};
		const { id } = await new Promise<{ id: string }>((resolve, reject) =>
			this.emit('produce', { kind, rtpParameters, appData: options.appData }, resolve, reject),
		);
		const producer = new FakeProducer(id, options.track, options.codecOptions ?? {});
		this.producers.push(producer);
		return producer;
	}

	async consume(options: { id: string; producerId: string; kind: string }): Promise<FakeConsumer> {
		await this.#connect();
		if (this.closed) throw new Error('closed');
		const consumer = new FakeConsumer(options);
		this.consumers.push(consumer);
		return consumer;
	}

	/** The path of the media is so from now on. */
	become(state: FakeState): void {
		if (this.closed) return;
		this.connectionState = state;
		this.emit('connectionstatechange', state);
	}

	async getStats(): Promise<Map<string, unknown>> {
		return new Map(
			[
				{ id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
				{ id: 'P', type: 'candidate-pair', localCandidateId: 'L' },
				{ id: 'L', type: 'local-candidate', protocol: 'udp' },
				{ id: 'R', type: 'inbound-rtp', packetsReceived: 10 },
			].map((stat) => [stat.id, stat]),
		);
	}

	async updateIceServers(): Promise<void> {
		await Promise.resolve();
	}

	async restartIce(): Promise<void> {
		this.restarts++;
	}

	close(): void {
		this.closed = true;
		this.connectionState = 'closed';
		for (const end of [...this.producers, ...this.consumers]) end.close();
	}

	async #connect(): Promise<void> {
		if (this.connectionState !== 'new') return;
		this.connectionState = 'connecting';
		await new Promise<void>((resolve, reject) =>
			this.emit('connect', { dtlsParameters }, resolve, reject),
		);
		this.become('connected');
	}
}

/** What the browser of one test does with media, in the place of mediasoup-client. */
export class FakeMediasoup {
	/** Every transport that was made, in order: one that sends and one that receives for each session. */
	readonly transports: FakeTransport[] = [];

	/** The module, as the engine imports it. */
	get module() {
		const { transports } = this;
		const make = (direction: 'send' | 'recv') => (options: { id: string }) => {
			const transport = new FakeTransport(direction, options.id);
			transports.push(transport);
			return transport;
		};
		return {
			detectDeviceAsync: async () => 'Chrome111',
			Device: class {
				readonly recvRtpCapabilities = {
					codecs: codecs.map(({ payloadType: _, ...codec }) => codec),
				};
				readonly sendRtpCapabilities = this.recvRtpCapabilities;
				readonly createSendTransport = make('send');
				readonly createRecvTransport = make('recv');
				async load(): Promise<void> {
					await Promise.resolve();
				}
			},
		};
	}

	/** The transports that are not closed, in order. */
	get open(): FakeTransport[] {
		return this.transports.filter(({ closed }) => !closed);
	}

	/** Tracks that are sent now, by kind. */
	sent(kind: 'audio' | 'video'): (string | null)[] {
		return this.open
			.flatMap(({ producers }) => producers)
			.filter((producer) => producer.kind === kind && !producer.closed)
			.map(({ track }) => track?.label ?? null);
	}
}
