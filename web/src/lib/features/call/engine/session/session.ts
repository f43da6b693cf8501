import type { Device } from 'mediasoup-client/types';
import type { FrameGuard } from '#lib/encryption/frameGuard.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import type { CodedError } from '#shared/errors.ts';
import type { VideoCodec } from '#shared/media.ts';
import type { Data } from '#shared/protocol.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import type { SendCodec } from '../media/encodings.ts';
import { codecFor } from '../media/sendCodec.ts';
import type { PathWatch } from '../extra/pathWatch.ts';
import { LatestWins } from '../media/latestWins.ts';
import type { MediaPath } from '../model.ts';
import { Probe } from './probe.ts';
import { Receiver, tidyPause, type ReceiverEvents } from '../media/receiver.ts';
import { receivable } from '../media/rtp.ts';
import { Sender } from '../media/sender.ts';
import type { Ask } from '#lib/connection/signalClient.ts';
import type { PlaceholderTracks } from '../media/placeholderTracks.ts';
import { CommandQueue } from '../media/commandQueue.ts';
import type { Measurable } from '../statistics/statistics.ts';
import { Transports } from '../media/transports.ts';
import type { FirstPage } from '#shared/room.ts';

/** The data that the server gives to a client in the lobby. */
type SessionLobby = Pick<
	Data<'lobby:enter'>,
	'routerRtpCapabilities' | 'iceServers' | 'sendTransport' | 'recvTransport' | 'videoCodec'
>;

export type SessionOptions = {
	lobby: SessionLobby;
	device: Device;
	placeholders: PlaceholderTracks;
	/** Seals what is sent in an end-to-end encrypted room, and opens what is received. */
	guard?: FrameGuard | undefined;
	ask: Ask;
	/** Makes a new connection to the server: the present one is silent. */
	renew: () => void;
	receiving: ReceiverEvents;
	/** Called with the result of the path check; null where no check is wanted. */
	path: ((path: MediaPath) => void) | null;
	/** Whether the server hears this session now: not while the connection is lost. */
	heard: () => boolean;
	/** The server does not let the person speak now. */
	silenced: () => void;
	/** The server refused something without which there is no call. */
	broken: (error: CodedError) => void;
};

/**
 * One session on the server, from entering the lobby on: the transports and their media. It may change sockets on the
 * way.
 */
export class Session {
	/** The capabilities of this browser to receive. */
	readonly rtpCapabilities: RtpCapabilities;
	readonly sender: Sender;
	readonly receiver: Receiver;
	readonly measurable: Measurable;
	readonly #codec: LatestWins<VideoCodec>;
	readonly #transports: Transports;
	readonly #commands: CommandQueue;
	readonly #probe: Probe | null;
	readonly #prepared: LatestWins<FirstPage>;
	readonly #placeholders: PlaceholderTracks;
	#stage: 'lobby' | 'live' | 'closed' = 'lobby';
	#sending: Promise<void> | null = null;
	#tidyTimer: ReturnType<typeof setTimeout> | null = null;
	#pathWatch: PathWatch | null = null;

	private constructor(options: SessionOptions, codec: SendCodec) {
		const { lobby, device, placeholders, ask, path, guard } = options;
		this.rtpCapabilities = receivable(device);
		this.#placeholders = placeholders;
		this.#commands = new CommandQueue(options.heard, options.broken);
		this.#transports = new Transports(device, lobby, ask, this.#commands, guard);
		this.#codec = new LatestWins(async (wanted) =>
			this.sender.use(await codecFor(device, guard ? 'vp8' : wanted)),
		);
		this.sender = new Sender(this.#transports, codec, (error) =>
			error.code === 'NOT_ALLOWED' ? options.silenced() : options.broken(error),
		);
		this.receiver = new Receiver(this.#transports.recv, ask, options.receiving, guard);
		const { send, recv } = this.#transports;
		this.measurable = {
			getStats: () => Promise.all([send.getStats(), recv.getStats()]),
			sent: () => this.sender.streams,
			received: () => this.receiver.streams,
		};
		this.#prepared = new LatestWins(async (page) => {
			// First the path is proved, for the person looks at that.
			await this.send();
			await this.#probe?.looped;
			if (this.#stage !== 'lobby') return;
			const { rtpCapabilities } = this;
			const { consumers } = await ask('lobby:prepare', { rtpCapabilities, firstPage: page });
			await this.receiver.prepare(consumers);
		});
		this.#probe = path && new Probe(this.#transports, placeholders, ask, lobby.sendTransport, path);
		void this.#watchPaths(options);
	}

	/** No path is lost before its code is there: nothing waits for it. */
	async #watchPaths({ ask, renew }: SessionOptions): Promise<void> {
		const code = await loadPart(() => import('../extra/pathWatch.ts')).catch(() => null);
		if (!code || this.#stage === 'closed') return;
		const receivers = () => this.receiver.expected;
		this.#pathWatch = new code.PathWatch(this.#transports, { ask, renew, receivers });
	}

	/** Makes the transports. */
	static async open(options: SessionOptions): Promise<Session> {
		const { device, lobby, guard } = options;
		// Of other codecs more would have to stay clear.
		return new Session(options, await codecFor(device, guard ? 'vp8' : lobby.videoCodec));
	}

	/**
	 * Produces black pictures and silence, or the tracks of the devices after the join. Resolves when that is stated to
	 * the server. Rejects if the browser cannot send.
	 */
	send(): Promise<void> {
		return (this.#sending ??= this.#send());
	}

	async #send(): Promise<void> {
		await this.sender.start(this.#placeholders);
		if (this.#stage !== 'closed') this.#probe?.start(this.rtpCapabilities);
	}

	/** In the lobby, prepares to receive the first page. To be called again when the page changes. */
	prepare(page: FirstPage): void {
		void this.#prepared.set(page);
	}

	/** The person joins: the devices take the place of black and silence. */
	goLive(): void {
		this.#stage = 'live';
		this.#probe?.end();
		this.sender.goLive();
	}

	/** The codec of the room's videos from now on (MEDIA-22). */
	useCodec(wanted: VideoCodec): void {
		void this.#codec.set(wanted);
	}

	/** Removes the loop of the lobby, once the first pictures had time to arrive. */
	tidyUp(): void {
		this.#tidyTimer ??= setTimeout(() => this.#probe?.closeLoop(), tidyPause);
	}

	/** The person may join from now on, and could not when the lobby was entered. */
	admit(): void {
		void this.#transports.renewIceServers().then(() => this.#pathWatch?.check());
	}

	/** The connection is lost. The media continues. */
	interrupt(): void {
		this.sender.forgetDemand();
	}

	/** The server hears this session again: commands without an answer are sent again, and producers are corrected. */
	resume(you: Data<'room:join'>['you']): void {
		this.#commands.repeat();
		this.sender.restate(you.producers);
		this.#pathWatch?.check();
	}

	close(): void {
		if (this.#stage === 'closed') return;
		this.#stage = 'closed';
		if (this.#tidyTimer !== null) clearTimeout(this.#tidyTimer);
		this.#pathWatch?.close();
		this.#codec.close();
		this.#prepared.close();
		this.#commands.close();
		this.#probe?.close();
		// First, so that nothing is negotiated for each of the producers and consumers.
		this.#transports.close();
		this.sender.close();
		this.receiver.close();
	}
}
