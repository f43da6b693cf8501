import { CodedError } from '#shared/errors.ts';
import type { Data, Sent, Told } from '#shared/protocol.ts';
import { toCoded } from '../call/coded.ts';
import { DeviceCode } from '../call/deviceCode.ts';
import { mark } from '../call/marks.ts';
import { OwnDevices } from '../call/ownDevices.ts';
import { Session } from '../call/session.ts';
import { Signal } from '../call/signal.ts';
import { Silence } from '../call/silence.ts';
import { wishOf } from './choice.ts';
import { Company } from './company.ts';
import type { Choice, MatchObserver, MatchPhase, Parting } from './model.ts';

type HallMedia = NonNullable<Data<'match:enter'>['media']>;

/**
 * Meeting strangers, as the page sees it: wishes go in, and what comes of them is told to the observer. One stay on the
 * server serves all partners: the transports stay, and a new partner is a few consumers more.
 */
export class Matching {
	readonly devices: OwnDevices;
	readonly company: Company;
	readonly #observer: MatchObserver;
	readonly #signal: Signal;
	readonly #code = new DeviceCode();
	#silence: Silence | null = null;
	#session: Session | null = null;
	#choice: Choice;
	/** Whether the person wants to meet somebody, so that it goes on after a lost connection. */
	#wanted = false;
	#phase: MatchPhase['kind'] = 'opening';
	/** Counts what makes a step that is under way pointless. */
	#turn = 0;
	#closed = false;

	constructor(choice: Choice, observer: MatchObserver) {
		this.#choice = choice;
		this.#observer = observer;
		this.devices = new OwnDevices(observer);
		const signal = new Signal({
			up: () => void this.#enter(),
			down: () => this.#onDown(),
			refused: (error) => this.#fail(error),
		});
		this.#signal = signal;
		this.company = new Company(signal, observer);
		signal.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#session?.sender.demand(producerId, spatialLayer),
		);
		signal.on('match:waiting', ({ waiting }) => observer.waiting(waiting));
		signal.on('match:found', (told) => this.#onFound(told));
		signal.on('match:ended', ({ matchId, why, waiting }) => {
			observer.waiting(waiting);
			if (matchId === this.company.matchId) this.#part(why);
		});
		signal.on('match:stopped', ({ message }) => void this.stop(message));
		signal.on('match:lost', () => void this.#enter());
	}

	/** Connects, and shows oneself. */
	open(): void {
		if (this.#choice.mode === 'video') this.#prepareVideo();
		this.#signal.open().catch(() => {
			this.#fail(new CodedError('UNAVAILABLE', 'The page was not loaded completely.'));
		});
		window.addEventListener('pagehide', this.#onPageHide);
	}

	/** Another wish. Between video and writing one enters anew. */
	choose(choice: Choice): void {
		const { mode } = this.#choice;
		this.#choice = choice;
		if (choice.mode === mode) return;
		if (choice.mode === 'video') this.#prepareVideo();
		else this.devices.release();
		if (this.#signal.connected) void this.#enter();
	}

	/** Into the queue. Rejects with what the server says against it. */
	async start(agree: boolean): Promise<void> {
		this.#wanted = true;
		mark('next');
		this.#tellPhase({ kind: 'waiting', parting: null });
		try {
			await this.#start(agree);
		} catch (error) {
			this.#wanted = false;
			this.#tellPhase({ kind: 'ready', note: '' });
			throw error;
		}
	}

	/** Leaves this partner for the next one. */
	async next(): Promise<void> {
		const { matchId } = this.company;
		if (matchId) await this.#goOn(() => this.#signal.ask('match:next', { matchId }));
	}

	/** Out of it all; nothing of the camera and the microphone leaves the browser any more. */
	async stop(note = ''): Promise<void> {
		this.#wanted = false;
		this.#part(null);
		this.#tellPhase({ kind: 'ready', note });
		this.#signal.ask('match:stop', {}).catch(() => undefined);
		await this.#enter();
	}

	/** Never meets this partner, or the last one, again. */
	async block(): Promise<void> {
		const matchId = this.company.matchId ?? this.company.lastId;
		if (matchId) await this.#goOn(() => this.#signal.ask('match:block', { matchId }));
	}

	/** Tells the administrators about this partner, or the last one. */
	async report(report: Sent<'match:report'>): Promise<void> {
		await this.#signal.ask('match:report', report);
		if (report.block && report.matchId === this.company.matchId) this.#part('you');
	}

	close(): void {
		if (this.#closed) return;
		this.#leave();
		this.#closed = true;
		this.company.close();
		this.devices.close();
		this.#silence?.close();
		this.#signal.close();
	}

	#prepareVideo(): void {
		this.devices.start();
		void this.#code.preload().catch(() => undefined);
	}

	/** Gets ready on the server, and goes on where one was. */
	async #enter(): Promise<void> {
		const turn = ++this.#turn;
		this.#session?.close();
		this.#session = null;
		this.company.people.clear();
		try {
			const entered = await this.#signal.ask('match:enter', {
				media: this.#choice.mode === 'video',
			});
			if (turn !== this.#turn) return;
			this.#observer.agreed(entered.agreed);
			this.#observer.waiting(entered.waiting);
			if (entered.media) await this.#openSession(entered.media, turn);
			if (turn !== this.#turn) return;
			this.#observer.connection('connected');
			if (this.#wanted) await this.#start(false);
			else if (this.#phase === 'opening') this.#tellPhase({ kind: 'ready', note: '' });
		} catch (error) {
			// Without a connection it goes on when it is there again.
			if (turn === this.#turn && this.#signal.connected) this.#fail(toCoded(error));
		}
	}

	async #openSession(media: HallMedia, turn: number): Promise<void> {
		this.#silence ??= new Silence(this.devices.audio);
		const session = await Session.open({
			...{ lobby: { ...media, videoCodec: 'vp8' }, silence: this.#silence },
			device: await this.#code.for(media.routerRtpCapabilities),
			...{ ask: this.#signal.ask, receiving: this.company.people, path: () => undefined },
			silenced: () => void this.devices.turnOff('microphone'),
			broken: (error) => this.#fail(error),
		});
		if (turn !== this.#turn) return session.close();
		this.#session = session;
		this.devices.attach(session.sender);
	}

	async #start(agree: boolean): Promise<void> {
		const session = this.#session;
		session?.goLive();
		const { waiting } = await this.#signal.ask('match:start', {
			...wishOf(this.#choice, agree),
			...(session && {
				receive: { rtpCapabilities: session.rtpCapabilities, view: this.company.view },
			}),
		});
		if (this.#phase === 'waiting') this.#observer.waiting(waiting);
		session?.tidyUp();
	}

	/** Leaves the partner and carries out what ends the match. Whatever the server has against it, one waits, or starts anew. */
	async #goOn(ask: () => Promise<unknown>): Promise<void> {
		mark('next');
		this.#part('you');
		try {
			await ask();
			mark('next-answered');
		} catch (error) {
			if (this.#signal.connected && this.#wanted) await this.#start(false).catch(() => undefined);
			throw error;
		}
	}

	#onFound(told: Told<'match:found'>): void {
		if (!this.#wanted) return;
		mark('next-found');
		this.company.begin(told, this.#session?.receiver);
		this.#tellPhase({ kind: 'matched' });
	}

	/** The match is over. */
	#part(parting: Parting): void {
		this.company.end();
		if (this.#wanted) this.#tellPhase({ kind: 'waiting', parting });
	}

	/** The server has freed the partner; one waits again when the connection is back. */
	#onDown(): void {
		this.#turn++;
		this.#observer.connection('reconnecting');
		this.#part('lost');
	}

	#fail(error: CodedError): void {
		this.#wanted = false;
		this.#part(null);
		this.#session?.close();
		this.#session = null;
		this.devices.release();
		this.#tellPhase({ kind: 'failed', code: error.code, message: error.message });
	}

	#leave(): void {
		window.removeEventListener('pagehide', this.#onPageHide);
		if (this.#signal.connected) this.#signal.ask('match:leave', {}).catch(() => undefined);
		this.#turn++;
		this.#wanted = false;
		this.#session?.close();
		this.#session = null;
		this.devices.release();
	}

	#tellPhase(phase: MatchPhase): void {
		this.#phase = phase.kind;
		this.#observer.phase(phase);
	}

	/** The other one need not wait for a page to return. */
	readonly #onPageHide = (): void => this.#leave();
}
