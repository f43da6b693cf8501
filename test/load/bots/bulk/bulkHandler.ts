import { randomInt } from 'node:crypto';
import {
	HandlerInterface,
	type HandlerFactory,
	type HandlerOptions,
	type HandlerReceiveOptions,
	type HandlerReceiveResult,
	type HandlerSendOptions,
	type HandlerSendResult,
} from 'mediasoup-client/handlers/HandlerInterface';
import { getSendingRtpParameters, reduceCodecs } from 'mediasoup-client/ortc';
import type { IceParameters, RtpCapabilities } from 'mediasoup-client/types';
import type { WebRtc } from '../webrtc.ts';
import { Incoming } from './incoming.ts';
import { MediaLeg, type Certificate } from '../../wire/mediaLeg.ts';
import { Outgoing } from './outgoing.ts';
import type { Srtp } from '../../wire/srtp.ts';

/** How often it is looked which packets are due, in ms. */
const pace = 10;

/** What prepared packets are said to be. Nothing of congestion control is offered, for nobody here takes part in it. */
const capabilities: RtpCapabilities = {
	codecs: [
		{
			...{ kind: 'audio', mimeType: 'audio/opus', preferredPayloadType: 111 },
			...{ clockRate: 48_000, channels: 2, parameters: {}, rtcpFeedback: [] },
		},
		{
			...{ kind: 'video', mimeType: 'video/VP8', preferredPayloadType: 96 },
			...{ clockRate: 90_000, parameters: {} },
			rtcpFeedback: [
				{ type: 'nack', parameter: '' },
				{ type: 'nack', parameter: 'pli' },
			],
		},
	],
	headerExtensions: [
		{
			...{ kind: 'audio', uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level' },
			...{ preferredId: 10, preferredEncrypt: false, direction: 'sendrecv' },
		},
	],
};

export type BulkOptions = {
	webRtc: WebRtc;
	/** That of all bots. */
	certificate: Certificate;
	framesPerSecond: number;
};

/** What mediasoup-client talks to instead of a browser's WebRTC: it sends prepared packets, and counts those that come. */
export const bulkFactory = (bulk: BulkOptions): HandlerFactory => ({
	name: 'Bulk',
	factory: (options) => new BulkHandler(options, bulk),
	getNativeRtpCapabilities: async () => structuredClone(capabilities),
});

class BulkHandler extends HandlerInterface {
	readonly name = 'Bulk';
	readonly #bulk: BulkOptions;
	readonly #options: HandlerOptions;
	readonly #leg: MediaLeg;
	readonly #outgoing = new Map<string, Outgoing>();
	readonly #incoming = new Map<string, Incoming>();
	/** By the SSRC of their packets. */
	readonly #streams = new Map<number, Incoming>();
	#srtp: Srtp | null = null;
	#connecting: Promise<void> | null = null;
	#timer: ReturnType<typeof setInterval> | null = null;
	#ids = 0;
	#closed = false;

	constructor(options: HandlerOptions, bulk: BulkOptions) {
		super();
		this.#options = options;
		this.#bulk = bulk;
		this.#leg = new MediaLeg(options, bulk.certificate, (packet) => this.#take(packet));
	}

	override async send({
		track,
		streamId = '-',
		encodings,
		codec,
	}: HandlerSendOptions): Promise<HandlerSendResult> {
		await this.#connect();
		const kind = track.kind === 'audio' ? 'audio' : 'video';
		const extended = this.#options.getSendExtendedRtpCapabilities(structuredClone(capabilities));
		const parameters = getSendingRtpParameters(kind, extended);
		const localId = String(this.#ids++);
		const rtpParameters = {
			...parameters,
			codecs: reduceCodecs(parameters.codecs, codec),
			mid: localId,
			msid: `${streamId} ${track.id}`,
			encodings: (encodings ?? [{}]).map((encoding) => ({
				...encoding,
				ssrc: randomInt(1, 2 ** 32 - 1),
			})),
			rtcp: { cname: 'bulk', reducedSize: true, mux: true },
		};
		const { framesPerSecond } = this.#bulk;
		this.#outgoing.set(localId, new Outgoing(track, rtpParameters, framesPerSecond));
		return { localId, rtpParameters };
	}

	override async stopSending(localId: string): Promise<void> {
		this.#outgoing.delete(localId);
	}

	override async replaceTrack(localId: string, track: MediaStreamTrack | null): Promise<void> {
		const outgoing = this.#outgoing.get(localId);
		if (outgoing) outgoing.track = track;
	}

	override async receive(all: HandlerReceiveOptions[]): Promise<HandlerReceiveResult[]> {
		await this.#connect();
		return all.map(({ kind, rtpParameters }) => {
			const { RTCAudioSource, RTCVideoSource } = this.#bulk.webRtc.nonstandard;
			const source = kind === 'audio' ? new RTCAudioSource() : new RTCVideoSource();
			const incoming = new Incoming(source.createTrack() as MediaStreamTrack);
			const localId = String(this.#ids++);
			this.#incoming.set(localId, incoming);
			for (const { ssrc } of rtpParameters.encodings ?? [])
				if (ssrc !== undefined) this.#streams.set(ssrc, incoming);
			const rtpReceiver = {
				getStats: () => this.getReceiverStats(localId),
				// A line of loopback is never lost.
				getSynchronizationSources: () => [],
			};
			return {
				localId,
				track: incoming.track,
				rtpReceiver: rtpReceiver as Partial<RTCRtpReceiver> as RTCRtpReceiver,
			};
		});
	}

	override async stopReceiving(localIds: string[]): Promise<void> {
		for (const localId of localIds) {
			const incoming = this.#incoming.get(localId);
			this.#incoming.delete(localId);
			for (const [ssrc, stream] of this.#streams)
				if (stream === incoming) this.#streams.delete(ssrc);
		}
	}

	override async getReceiverStats(localId: string): Promise<RTCStatsReport> {
		const incoming = this.#incoming.get(localId);
		return new Map(incoming ? [[incoming.stat.id, incoming.stat]] : []);
	}

	override async getTransportStats(): Promise<RTCStatsReport> {
		const path = [
			{ id: 'transport', type: 'transport', selectedCandidatePairId: 'pair' },
			{ id: 'pair', type: 'candidate-pair', localCandidateId: 'local' },
			{ id: 'local', type: 'local-candidate', protocol: 'udp' },
		];
		const streams = [...this.#incoming.values()].map(({ stat }) => stat);
		return new Map([...path, ...streams].map((stat) => [stat.id, stat]));
	}

	override async restartIce(iceParameters: IceParameters): Promise<void> {
		this.#leg.renew(iceParameters);
	}

	override close(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#timer) clearInterval(this.#timer);
		this.#leg.close();
		this.emit('@close');
		this.removeAllListeners();
	}

	/** Tells the service who comes, and comes: nothing waits for the handshake. */
	#connect(): Promise<void> {
		this.#connecting ??= new Promise((resolve, reject) => {
			this.emit('@connectionstatechange', 'connecting');
			const { dtlsParameters } = this.#bulk.certificate;
			this.emit('@connect', { dtlsParameters }, resolve, reject);
			void this.#shakeHands();
		});
		return this.#connecting;
	}

	async #shakeHands(): Promise<void> {
		try {
			const srtp = (this.#srtp = await this.#leg.connect());
			if (this.#closed) return;
			this.#timer = setInterval(() => this.#send(srtp), pace);
			this.emit('@connectionstatechange', 'connected');
		} catch {
			if (!this.#closed) this.emit('@connectionstatechange', 'failed');
		}
	}

	#send(srtp: Srtp): void {
		const now = performance.now();
		for (const outgoing of this.#outgoing.values()) outgoing.send(now, this.#leg, srtp);
	}

	#take(packet: Buffer): void {
		// From 192 to 223 it is RTCP.
		const type = packet[1] ?? 0;
		if (packet.length < 12 || (type >= 192 && type <= 223)) return;
		this.#streams.get(packet.readUInt32BE(8))?.take(packet);
	}

	// The client asks for nothing of this.
	override async updateIceServers(): Promise<void> {}
	override async pauseSending(): Promise<void> {}
	override async resumeSending(): Promise<void> {}
	override async pauseReceiving(): Promise<void> {}
	override async resumeReceiving(): Promise<void> {}
	override async setMaxSpatialLayer(): Promise<void> {}
	override async setRtpEncodingParameters(): Promise<void> {}
	override getDataChannelMaxMessageSize = () => undefined;
	override getSenderStats = async (): Promise<RTCStatsReport> => new Map();
	override sendDataChannel = (): never => noData();
	override receiveDataChannel = (): never => noData();
}

function noData(): never {
	throw new Error('Bots have no data channels.');
}
