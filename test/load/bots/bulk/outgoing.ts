import type { RtpParameters } from 'mediasoup-client/types';
import type { MediaLeg } from '../../wire/mediaLeg.ts';
import type { Srtp } from '../../wire/srtp.ts';

/** Payload of a packet of a picture at most, in bytes. */
const mostBytes = 1100;
/** So often a picture is a key frame, and so often each stream is reported, in ms. */
const rhythm = { keyFrame: 1000, report: 1000 } as const;
/** Sound: a packet each 20 ms, as of speech at 32 kbit/s. */
const sound = { every: 20, bytes: 80 } as const;
/** What black takes in the lobby: small pictures. */
const black = { every: 100, bytes: 200 } as const;
/** What a busy process is later with than this is left out, in ms: sent at once it would be lost. */
const mostLate = 200;

/** What one stream has to send: pieces of so many bytes, one each so many ms. */
export type Pace = { every: number; bytes: number };

/** The pace of a picture at so many bits and pictures in a second. */
export const paceOf = (bitrate: number, framesPerSecond: number): Pace => ({
	every: 1000 / framesPerSecond,
	bytes: Math.max(1, Math.round(bitrate / 8 / framesPerSecond)),
});

/** One stream of prepared packets. */
class Stream {
	readonly #ssrc: number;
	readonly #payloadType: number;
	readonly #clockRate: number;
	/** The header extension that says how loud it is; null for pictures. */
	readonly #loudness: number | null;
	#due: number | null = null;
	#packets = 0;
	#bytes = 0;
	#keyFrame = 0;
	#report = 0;

	constructor(ssrc: number, codec: RtpParameters['codecs'][number], loudness: number | null) {
		this.#ssrc = ssrc;
		this.#payloadType = codec.payloadType;
		this.#clockRate = codec.clockRate;
		this.#loudness = loudness;
	}

	/** Sends what is due now, in ms. */
	send(now: number, { every, bytes }: Pace, leg: MediaLeg, srtp: Srtp): void {
		this.#due = Math.max(this.#due ?? now, now - mostLate);
		for (; this.#due <= now; this.#due += every) this.#sendPiece(this.#due, bytes, leg, srtp);
		if (now < this.#report) return;
		this.#report = now + rhythm.report;
		leg.send(srtp.rtcp(this.#senderReport(now)));
	}

	/** Nothing is due as long as it is off. */
	rest(): void {
		this.#due = null;
	}

	#sendPiece(at: number, bytes: number, leg: MediaLeg, srtp: Srtp): void {
		const isKeyFrame = this.#loudness === null && at >= this.#keyFrame;
		if (isKeyFrame) this.#keyFrame = at + rhythm.keyFrame;
		for (let sent = 0; sent < bytes; sent += mostBytes) {
			const payload = Buffer.alloc(Math.min(mostBytes, bytes - sent) + 2, 0x55);
			if (this.#loudness === null) {
				// The descriptor of VP8: whether a picture begins; then its first byte: whether it needs one before it.
				payload[0] = sent === 0 ? 0x10 : 0x00;
				payload[1] = isKeyFrame ? 0x00 : 0x01;
			}
			const head = this.#head(at, sent + mostBytes >= bytes);
			leg.send(srtp.rtp(head, payload, this.#packets++));
			this.#bytes += payload.length;
		}
	}

	#head(at: number, ends: boolean): Buffer {
		const extension =
			this.#loudness === null ? [] : [0xbe, 0xde, 0, 1, this.#loudness << 4, 0x80 | 30, 0, 0];
		const head = Buffer.concat([Buffer.alloc(12), Buffer.from(extension)]);
		head[0] = extension.length > 0 ? 0x90 : 0x80;
		head[1] = (ends && this.#loudness === null ? 0x80 : 0) | this.#payloadType;
		head.writeUInt16BE(this.#packets % 2 ** 16, 2);
		head.writeUInt32BE(this.#timestamp(at), 4);
		head.writeUInt32BE(this.#ssrc, 8);
		return head;
	}

	/** From it the service takes how the clocks of a picture's sizes go together. */
	#senderReport(now: number): Buffer {
		const report = Buffer.alloc(28);
		report[0] = 0x80;
		report[1] = 200;
		report.writeUInt16BE(6, 2);
		report.writeUInt32BE(this.#ssrc, 4);
		const since1900 = Date.now() / 1000 + 2_208_988_800;
		report.writeUInt32BE(Math.floor(since1900), 8);
		report.writeUInt32BE(Math.floor((since1900 % 1) * 2 ** 32), 12);
		report.writeUInt32BE(this.#timestamp(now), 16);
		report.writeUInt32BE(this.#packets, 20);
		report.writeUInt32BE(this.#bytes % 2 ** 32, 24);
		return report;
	}

	#timestamp(at: number): number {
		return Math.floor((at * this.#clockRate) / 1000) % 2 ** 32;
	}
}

/** What is sent of a track: sound, or a picture in one size or several. */
export class Outgoing {
	/** What it sends now; null for nothing. */
	track: MediaStreamTrack | null;
	readonly #streams: { stream: Stream; bitrate: number; active: boolean }[];
	readonly #framesPerSecond: number;
	readonly #isSound: boolean;

	constructor(track: MediaStreamTrack, parameters: RtpParameters, framesPerSecond: number) {
		this.track = track;
		this.#framesPerSecond = framesPerSecond;
		this.#isSound = track.kind === 'audio';
		const { codecs, encodings = [], headerExtensions = [] } = parameters;
		const loudness = headerExtensions.find(
			({ uri }) => uri === 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
		);
		this.#streams = encodings.flatMap(({ ssrc, maxBitrate = 0, active = true }) => {
			const [codec] = codecs;
			if (ssrc === undefined || !codec) return [];
			const stream = new Stream(ssrc, codec, this.#isSound ? (loudness?.id ?? 0) : null);
			return [{ stream, bitrate: maxBitrate, active }];
		});
	}

	/** Sends what is due now, in ms. */
	send(now: number, leg: MediaLeg, srtp: Srtp): void {
		const { track } = this;
		const isOn = track !== null && track.enabled && track.readyState === 'live';
		for (const { stream, bitrate, active } of this.#streams) {
			if (isOn && active) stream.send(now, this.#pace(track, bitrate), leg, srtp);
			else stream.rest();
		}
	}

	#pace(track: MediaStreamTrack, bitrate: number): Pace {
		if (this.#isSound) return sound;
		// What comes from no device is the black of the lobby.
		return track.label ? paceOf(bitrate, this.#framesPerSecond) : black;
	}
}
