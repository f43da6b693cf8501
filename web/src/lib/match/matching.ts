import { CodedError } from '#shared/errors.ts';
import type { Sent, Told } from '#shared/protocol.ts';
import { toCoded } from '../call/coded.ts';
import { mark } from '../call/marks.ts';
import { OwnDevices } from '../call/ownDevices.ts';
import { Signal } from '../call/signal.ts';
import { onPageGone } from '../pageGone.ts';
import { wishOf } from './choice.ts';
import { Company } from './company.ts';
import { Footing } from './footing.ts';
import type { Choice, MatchObserver, MatchPhase, Parting } from './model.ts';

/**
 * Meeting strangers, as the page sees it: wishes go in, and what comes of them is told to the observer. One stay on the
 * server serves all partners: the transports stay, and a new partner is a few consumers more.
 */
export class Matching {
	readonly devices: OwnDevices;
	readonly company: Company;
	readonly #observer: MatchObserver;
	readonly #signal: Signal;
	readonly #footing: Footing;
	#choice: Choice;
	/** Whether the person wants to meet somebody, so that it goes on after a lost connection. */
	#wanted = false;
	/** Whether the server was told so since one entered. */
	#told = false;
	/** Whether the person agrees to the rules with that. */
	#agrees = false;
	#phase: MatchPhase['kind'] = 'opening';
	/** Fulfilled when one has entered, or could not. */
	#entering: Promise<void> = Promise.resolve();
	#unlisten = (): void => undefined;
	#closed = false;

	constructor(choice: Choice, observer: MatchObserver) {
		this.#choice = choice;
		this.#observer = observer;
		this.devices = new OwnDevices(observer, (mode) => this.company.setVideoMode(mode));
		const signal = new Signal({
			up: () => void this.#enter(),
			down: () => this.#onDown(),
			// Whoever waits or is together with somebody is told of the loss already.
			unanswered: () => this.#wanted || observer.connection('unreachable'),
			refused: (error) => this.#fail(error),
		});
		this.#signal = signal;
		this.company = new Company(signal, observer);
		this.company.setVideoMode(this.devices.videoMode);
		this.#footing = new Footing({
			...{ ask: signal.ask, audio: this.devices.audio, receiving: this.company.people },
			silenced: () => void this.devices.turnOff('microphone'),
			broken: (error) => this.#fail(error),
		});
		signal.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#footing.session?.sender.demand(producerId, spatialLayer),
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
		// The other one need not wait for a page to return.
		this.#unlisten = onPageGone(() => this.#leave());
	}

	/** Connects at once, if it is not connected. */
	retry(): void {
		// Its code is here by now; a connection that fails again is told by `unanswered`.
		this.#signal.open().catch(() => undefined);
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

	/** Into the queue, as soon as one has entered. Rejects with what the server says against it. */
	async start(agrees: boolean): Promise<void> {
		this.#wanted = true;
		this.#agrees = agrees;
		mark('next');
		this.#tellPhase({ kind: 'waiting', parting: null });
		try {
			for (let entered = null; entered !== this.#entering;) await (entered = this.#entering);
			// Another start in the meantime would end the match that this one has led to.
			if (this.#wanted && !this.#told) await this.#start();
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
		// Entering anew, which follows, stops it as well.
		this.#signal.ask('match:stop', {}).catch(() => undefined);
		await this.#enter();
	}

	/** Never meets this partner, or the last one, again. */
	async block(): Promise<void> {
		const matchId = this.company.matchId ?? this.company.lastId;
		if (matchId) await this.#goOn(() => this.#signal.ask('match:block', { matchId }));
	}

	/** Tells the administrators about somebody one has just met. */
	async report(report: Sent<'match:report'>): Promise<void> {
		await this.#entering;
		await this.#signal.ask('match:report', report);
		if (report.block && report.matchId === this.company.matchId) this.#part('you');
	}

	close(): void {
		if (this.#closed) return;
		this.#leave();
		this.#closed = true;
		this.company.close();
		this.devices.close();
		this.#footing.close();
		this.#signal.close();
	}

	#prepareVideo(): void {
		this.devices.start();
		this.#footing.preload();
	}

	/** Gets ready on the server, and goes on where one was. Never rejects. */
	#enter(): Promise<void> {
		return (this.#entering = this.#enterAnew());
	}

	async #enterAnew(): Promise<void> {
		/** Whoever presses Start meanwhile does the rest. */
		const goesOn = this.#wanted;
		this.#told = false;
		this.company.people.clear();
		try {
			const entered = await this.#footing.enter(this.#choice.mode === 'video');
			if (!entered) return;
			this.#observer.agreed(entered.agreed);
			this.#observer.waiting(entered.waiting);
			const { session } = this.#footing;
			if (session) {
				this.devices.attach(session.sender);
				// While one waits, too, there may be somebody to get ready for.
				this.company.people.receiveBy(session.receiver);
			}
			this.#observer.connection('connected');
			if (goesOn && this.#wanted) await this.#start();
			else if (this.#phase === 'opening') this.#tellPhase({ kind: 'ready', note: '' });
		} catch (error) {
			// Without a connection it goes on when it is there again.
			if (this.#signal.connected) this.#fail(toCoded(error));
		}
	}

	async #start(): Promise<void> {
		const { session } = this.#footing;
		this.#told = true;
		session?.goLive();
		const { waiting } = await this.#signal.ask('match:start', {
			...wishOf(this.#choice, this.#agrees),
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
			// The first failure is the one to be told; without a connection it goes on when it is there again.
			if (this.#signal.connected && this.#wanted) await this.#start().catch(() => undefined);
			throw error;
		}
	}

	#onFound(told: Told<'match:found'>): void {
		if (!this.#wanted) return;
		mark('next-found');
		this.company.begin(told, this.#footing.session?.receiver);
		this.#tellPhase({ kind: 'matched' });
	}

	/** The match is over. */
	#part(parting: Parting): void {
		this.company.end(parting === 'you');
		if (this.#wanted) this.#tellPhase({ kind: 'waiting', parting });
	}

	/** The server has freed the partner; one waits again when the connection is back. */
	#onDown(): void {
		this.#footing.interrupt();
		this.#observer.connection('reconnecting');
		this.#part('lost');
	}

	#fail(error: CodedError): void {
		this.#wanted = false;
		this.#part(null);
		this.#footing.give();
		this.devices.release();
		this.#tellPhase({ kind: 'failed', code: error.code, message: error.message });
	}

	#leave(): void {
		this.#unlisten();
		// A server that does not hear it frees the partner with the connection.
		if (this.#signal.connected) this.#signal.ask('match:leave', {}).catch(() => undefined);
		this.#wanted = false;
		this.#footing.give();
		this.devices.release();
	}

	#tellPhase(phase: MatchPhase): void {
		this.#phase = phase.kind;
		this.#observer.phase(phase);
	}
}
