import type { Data } from '#shared/protocol.ts';
import { DeviceCode } from '../call/deviceCode.ts';
import { Session, type SessionOptions } from '../call/session.ts';
import type { Ask } from '../call/signal.ts';
import { Silence } from '../call/silence.ts';

type Entered = Data<'match:enter'>;
type FootingOptions = Pick<SessionOptions, 'receiving' | 'silenced' | 'broken'> & {
	ask: Ask;
	/** What is silent where the microphone will be. */
	audio: ConstructorParameters<typeof Silence>[0];
};

/**
 * What all matches of a page stand on: the client is known to the server as one who meets strangers and, to see them, has
 * transports, over which black and silence flow until it goes live.
 */
export class Footing {
	readonly #options: FootingOptions;
	readonly #code = new DeviceCode();
	#silence: Silence | null = null;
	#session: Session | null = null;
	/** Counts what makes a step that is under way pointless. */
	#turn = 0;

	constructor(options: FootingOptions) {
		this.#options = options;
	}

	/** Null where one only writes, and as long as the transports are not there. */
	get session(): Session | null {
		return this.#session;
	}

	/** Fetches the code that seeing others takes. */
	preload(): void {
		// Whoever needs it asks for it again, and is told then.
		void this.#code.preload().catch(() => undefined);
	}

	/**
	 * Enters, anew if one has before. Rejects with what the server says against it.
	 *
	 * @returns what the server answered; null if another step overtook this one, whatever came of it.
	 */
	async enter(withMedia: boolean): Promise<Entered | null> {
		this.give();
		const turn = this.#turn;
		try {
			const entered = await this.#options.ask('match:enter', { media: withMedia });
			if (turn !== this.#turn) return null;
			if (entered.media) await this.#open(entered.media, turn);
			return turn === this.#turn ? entered : null;
		} catch (error) {
			if (turn !== this.#turn) return null;
			throw error;
		}
	}

	/** What is under way is pointless: the connection is lost. Media goes on until one enters again. */
	interrupt(): void {
		this.#turn++;
	}

	/** Gives up the transports; the server is not told. */
	give(): void {
		this.#turn++;
		this.#session?.close();
		this.#session = null;
	}

	close(): void {
		this.give();
		this.#silence?.close();
	}

	async #open(media: NonNullable<Entered['media']>, turn: number): Promise<void> {
		const { audio, ask, receiving, silenced, broken } = this.#options;
		this.#silence ??= new Silence(audio);
		const session = await Session.open({
			...{ lobby: { ...media, videoCodec: 'vp8' }, silence: this.#silence },
			device: await this.#code.for(media.routerRtpCapabilities),
			...{ ask, receiving, silenced, broken },
			// Nobody looks at it, yet the check makes both transports connect.
			path: () => undefined,
		});
		if (turn === this.#turn) this.#session = session;
		else session.close();
	}
}
