import type { Device } from 'mediasoup-client/types';
import type { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Data } from '#shared/protocol.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import { codecFor, type SendCodec } from './sendCodec.ts';
import { Latest } from './latest.ts';
import type { MediaPath } from './model.ts';
import { Probe } from './probe.ts';
import { Receiver, tidyPause, type ReceiverEvents } from './receiver.ts';
import { receivable } from './rtp.ts';
import { Sender } from './sender.ts';
import type { Ask } from './signal.ts';
import type { Silence } from './silence.ts';
import { Statements } from './statements.ts';
import type { Measurable } from './statistics.ts';
import { Transports } from './transports.ts';
import type { FirstPage } from '#shared/room.ts';

/** What the server gives to those who get ready. */
type SessionLobby = Pick<
	Data<'lobby:enter'>,
	'routerRtpCapabilities' | 'iceServers' | 'sendTransport' | 'recvTransport' | 'videoCodec'
>;

export type SessionOptions = {
	lobby: SessionLobby;
	device: Device;
	silence: Silence;
	ask: Ask;
	receiving: ReceiverEvents;
	/** Told what the path check found; null where no check is wanted. */
	path: ((path: MediaPath) => void) | null;
	/** The server does not let the person speak now. */
	silenced: () => void;
	/** The server refused something without which there is no call. */
	broken: (error: CodedError) => void;
};

/**
 * One stay on the server, from entering the lobby on: the transports and what goes over them. It may
 * change sockets on the way.
 */
export class Session {
	/** What this browser can receive. */
	readonly rtpCapabilities: RtpCapabilities;
	readonly sender: Sender;
	readonly receiver: Receiver;
	readonly measurable: Measurable;
	readonly #codec: Latest<VideoCodec>;
	readonly #transports: Transports;
	readonly #statements: Statements;
	readonly #probe: Probe | null;
	readonly #prepared: Latest<FirstPage>;
	#attached = true;
	#live = false;
	#tidyTimer: ReturnType<typeof setTimeout> | null = null;
	#closed = false;

	private constructor(options: SessionOptions, codec: SendCodec) {
		const { lobby, device, silence, ask, path } = options;
		this.rtpCapabilities = receivable(device);
		this.#statements = new Statements(() => this.#attached, options.broken);
		this.#transports = new Transports(device, lobby, ask, this.#statements);
		this.#codec = new Latest(async (wanted) => this.sender.use(await codecFor(device, wanted)));
		this.sender = new Sender(this.#transports, codec, (error) =>
			error.code === 'NOT_ALLOWED' ? options.silenced() : options.broken(error),
		);
		this.receiver = new Receiver(this.#transports.recv, ask, options.receiving);
		const { send, recv } = this.#transports;
		this.measurable = {
			getStats: () => Promise.all([send.getStats(), recv.getStats()]),
			sent: () => this.sender.streams,
			received: () => this.receiver.streams,
		};
		this.#prepared = new Latest(async (page) => {
			// First the path is proved, for the person looks at that.
			await this.#probe?.looped;
			if (this.#live || this.#closed) return;
			const { rtpCapabilities } = this;
			const { consumers } = await ask('lobby:prepare', { rtpCapabilities, firstPage: page });
			await this.receiver.prepare(consumers);
		});
		this.#probe = path && new Probe(this.#transports, silence, ask, lobby.sendTransport, path);
	}

	/** Makes the transports and produces black and silence over them. */
	static async open(options: SessionOptions): Promise<Session> {
		const { device, lobby } = options;
		const session = new Session(options, await codecFor(device, lobby.videoCodec));
		try {
			await session.sender.start(options.silence);
		} catch (error) {
			session.close();
			throw error;
		}
		session.#probe?.start(session.rtpCapabilities);
		return session;
	}

	/** In the lobby: gets ready to receive what the first page will show. Again whenever that changes. */
	prepare(page: FirstPage): void {
		void this.#prepared.set(page);
	}

	/** The person joins: the devices take the place of black and silence. */
	goLive(): void {
		this.#live = true;
		this.#probe?.end();
		this.sender.goLive();
	}

	/** What the room's videos are sent in from now on (R66). */
	useCodec(wanted: VideoCodec): void {
		void this.#codec.set(wanted);
	}

	/** Clears away what the lobby left behind, once the first pictures had time to come. */
	tidyUp(): void {
		this.#tidyTimer ??= setTimeout(() => this.#probe?.closeLoop(), tidyPause);
	}

	/** The person may come in from now on, and could not when the lobby was entered. */
	admit(): void {
		void this.#transports.renewIceServers();
	}

	/** The socket is lost: media goes on, and nothing is said until a new one has taken over. */
	detach(): void {
		this.#attached = false;
		this.sender.forgetDemand();
	}

	/** A new socket took over: what was not heard is said again. */
	attach(you: Data<'room:join'>['you']): void {
		this.#attached = true;
		this.#statements.repeat();
		this.sender.restate(you.producers);
		this.#transports.checkPaths();
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#tidyTimer !== null) clearTimeout(this.#tidyTimer);
		this.#codec.close();
		this.#prepared.close();
		this.#statements.close();
		this.#probe?.close();
		this.sender.close();
		this.receiver.close();
		this.#transports.close();
	}
}
