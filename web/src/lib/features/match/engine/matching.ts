import { CodedError } from '#shared/errors.ts';
import type { Sent, FactOf } from '#shared/protocol.ts';
import { toCoded } from '#lib/connection/coded.ts';
import { mark } from '#lib/features/call/engine/statistics/marks.ts';
import { OwnDevices } from '#lib/features/call/engine/devices/ownDevices.ts';
import type { Session } from '#lib/features/call/engine/session/session.ts';
import { Sessions } from '#lib/features/call/engine/session/sessions.ts';
import { SignalClient } from '#lib/connection/signalClient.ts';
import type { Consequences } from '#lib/connection/consequences.ts';
import { Machine } from '#lib/connection/machine.ts';
import { isHeard, isWanted, type Command, type Connection } from '#lib/connection/state.ts';
import { onPageGone } from '#lib/browser/pageGone.ts';
import { wishOf } from './choice.ts';
import { MatchPartner } from './matchPartner.ts';
import type { Choice, MatchObserver, MatchPhase, Parting } from './model.ts';

/** If a start is refused, the person can start again. Without a lobby nothing can continue. */
const matchConsequences: Consequences = (step, _code, returning) =>
	step === 'join' && !returning ? 'decline' : 'fail';

/**
 * Matching, as the page sees it: it takes the wishes of the person and reports the results to the observer. It carries
 * out the commands of the connection's machine. In the lobby, the server knows the client as one that may be matched;
 * inside, the client waits or has a partner. One session serves all partners: a new partner is a few consumers more.
 */
export class Matching {
	readonly devices: OwnDevices;
	readonly partner: MatchPartner;
	readonly #observer: MatchObserver;
	readonly #server: SignalClient;
	readonly #sessions: Sessions;
	readonly #machine: Machine;
	#choice: Choice;
	#session: Session | null = null;
	/** Whether the person agrees to the rules with the next start. */
	#agrees = false;
	/** The note for a person who can start; null until they can for the first time. */
	#note: string | null = null;
	#parting: Parting = null;
	#phase: MatchPhase = { kind: 'opening' };
	#connection: Connection | null = null;
	/** A start that was not answered yet. */
	#starting: PromiseWithResolvers<void> | null = null;
	#endUnload: () => void = () => undefined;

	constructor(choice: Choice, observer: MatchObserver) {
		this.#choice = choice;
		this.#observer = observer;
		this.devices = new OwnDevices(observer, (mode) => this.partner.setVideoMode(mode));
		const machine = (this.#machine = new Machine(matchConsequences, {
			status: () => this.#tell(),
			run: (command) => this.#run(command),
		}));
		const server = new SignalClient({
			up: () => machine.send({ kind: 'up' }),
			down: () => machine.send({ kind: 'down' }),
			unanswered: () => machine.send({ kind: 'unanswered' }),
			refused: (error) => machine.send({ kind: 'refused', error }),
		});
		this.#server = server;
		this.partner = new MatchPartner(server, observer);
		this.partner.setVideoMode(this.devices.videoMode);
		this.#sessions = new Sessions({
			...{ ask: server.ask, audio: this.devices.audio, receiving: this.partner.remotePeers },
			renew: () => server.renew(),
			heard: () => isHeard(machine.state),
			silenced: () => void this.devices.turnOff('microphone'),
			broken: (error) => machine.send({ kind: 'refused', error }),
		});
		server.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#session?.sender.demand(producerId, spatialLayer),
		);
		server.on('match:waiting', ({ waiting }) => observer.waiting(waiting));
		server.on('match:found', (told) => this.#onFound(told));
		server.on('match:ended', ({ matchId, why, waiting }) => {
			observer.waiting(waiting);
			if (matchId === this.partner.matchId) this.#part(why);
		});
		server.on('match:stopped', ({ message }) => this.stop(message));
		server.on('match:lost', () => machine.send({ kind: 'renew' }));
	}

	/** Connects, and turns the devices on. */
	open(): void {
		this.#machine.send({ kind: 'enter', connected: this.#server.connected });
	}

	/** Connects at once, if it is not connected. */
	retry(): void {
		// The code is loaded by now. A connection that fails again is reported by `unanswered`.
		this.#server.open().catch(() => undefined);
	}

	/** Changes the wishes. To change between video and text, the client enters again. */
	choose(choice: Choice): void {
		const { mode } = this.#choice;
		this.#choice = choice;
		if (choice.mode === mode) return;
		if (choice.mode === 'video') this.#prepareVideo();
		else this.devices.release();
		this.#machine.send({ kind: 'renew' });
	}

	/** Joins the queue as soon as the client has entered. Rejects with the error of the server. */
	start(agrees: boolean): Promise<void> {
		this.#agrees = agrees;
		this.#parting = null;
		mark('next');
		const { promise } = (this.#starting ??= Promise.withResolvers());
		this.#machine.send({ kind: 'join', number: 0, name: '' });
		this.#tell();
		return promise;
	}

	/** Leaves this partner for the next one. */
	async next(): Promise<void> {
		const { matchId } = this.partner;
		if (matchId) await this.#goOn(() => this.#server.ask('match:next', { matchId }));
	}

	/** Leaves match and queue; nothing of the camera and the microphone leaves the browser any more. */
	stop(note = ''): void {
		this.#note = note;
		// The client enters again after this, which stops the search as well.
		this.#server.ask('match:stop', {}).catch(() => undefined);
		this.#machine.send({ kind: 'step-back' });
		this.#part(null);
	}

	/** Never meets this partner, or the last one, again. */
	async block(): Promise<void> {
		const matchId = this.partner.matchId ?? this.partner.lastId;
		if (matchId) await this.#goOn(() => this.#server.ask('match:block', { matchId }));
	}

	/** Reports the partner, or the last one, to the administrators. */
	async report(report: Sent<'match:report'>): Promise<void> {
		await this.#server.ask('match:report', report);
		if (report.block && report.matchId === this.partner.matchId) this.#part('you');
	}

	close(): void {
		const { state } = this.#machine;
		if (state.kind === 'ended' && state.reason.kind === 'closed') return;
		this.#machine.send({ kind: 'leave' });
		this.#machine.send({ kind: 'close' });
		this.partner.close();
		this.devices.close();
		this.#sessions.close();
		this.#server.close();
	}

	#run(command: Command): void {
		const { turn } = this.#machine.state;
		switch (command.kind) {
			case 'begin':
				return this.#begin();
			case 'enter':
				return void this.#step(turn, this.#enter(turn));
			case 'join':
				return void this.#step(turn, this.#join(turn));
			case 'pause':
				// Nothing but a start that the person pressed is declined.
				return this.#machine.send({ kind: 'again', turn });
			case 'lost':
				this.#session?.interrupt();
				return this.#part('lost');
			case 'clear':
				return this.#closeSession();
			case 'release':
				this.#closeSession();
				this.devices.release();
				this.#endUnload();
				return this.#part(null);
			case 'tell-leave':
				return void this.#tellLeave(turn);
			case 'answer': {
				const starting = this.#starting;
				this.#starting = null;
				return command.error ? starting?.reject(command.error) : starting?.resolve();
			}
			default:
			// Matching has no waiting room and no place that is kept.
		}
	}

	#begin(): void {
		if (this.#choice.mode === 'video') this.#prepareVideo();
		this.#server.open().catch(() => {
			const error = new CodedError('UNAVAILABLE', "The page didn't load completely.");
			this.#machine.send({ kind: 'refused', error });
		});
		// The other one need not wait for a page to return.
		this.#endUnload = onPageGone(() => this.#machine.send({ kind: 'page-gone' }));
	}

	#prepareVideo(): void {
		this.devices.start();
		this.#sessions.preload();
	}

	/** Carries out a step of joining. A failure from an earlier turn is ignored. */
	async #step(turn: number, taken: Promise<void>): Promise<void> {
		try {
			await taken;
		} catch (error) {
			this.#machine.send({ kind: 'step-failed', turn, error: toCoded(error) });
		}
	}

	/** Enters on the server, with transports if the person wants video. */
	async #enter(turn: number): Promise<void> {
		this.#closeSession();
		this.partner.remotePeers.clear();
		const { agreed, waiting, media } = await this.#server.ask('match:enter', {
			media: this.#choice.mode === 'video',
		});
		if (!this.#machine.isCurrent(turn)) return;
		this.#observer.agreed(agreed);
		this.#observer.waiting(waiting);
		this.#machine.send({ kind: 'entered', turn, admission: 'open', kept: false, over: false });
		if (media) {
			// The page does not show the path, but the check makes both transports connect.
			const session = await this.#sessions.open({ ...media, videoCodec: 'vp8' }, () => undefined);
			if (!this.#machine.isCurrent(turn)) return session.close();
			this.#session = session;
			this.devices.attach(session.sender);
			await session.send();
			if (!this.#machine.isCurrent(turn)) return;
			// The next partner is pre-subscribed while the person waits, too.
			this.partner.remotePeers.receiveBy(session.receiver);
		}
		this.#note ??= '';
		this.#machine.send({ kind: 'prepared', turn });
		this.#tell();
	}

	async #join(turn: number): Promise<void> {
		await this.#askStart();
		this.#machine.send({ kind: 'answered', turn, token: null });
		this.#machine.send({ kind: 'settled', turn });
		this.#session?.tidyUp();
	}

	async #askStart(): Promise<void> {
		const session = this.#session;
		session?.goLive();
		const { waiting } = await this.#server.ask('match:start', {
			...wishOf(this.#choice, this.#agrees),
			...(session && {
				receive: { rtpCapabilities: session.rtpCapabilities, view: this.partner.view },
			}),
		});
		if (this.#phase.kind === 'waiting') this.#observer.waiting(waiting);
	}

	/**
	 * Leaves the partner and sends the request that ends the match. If the server refuses it, the client waits for a
	 * partner all the same, or enters again.
	 */
	async #goOn(ask: () => Promise<unknown>): Promise<void> {
		mark('next');
		this.#part('you');
		try {
			await ask();
			mark('next-answered');
		} catch (error) {
			// The caller gets the first error. Without a connection the client continues once it is connected again.
			if (this.#machine.state.kind === 'joined') await this.#askStart().catch(() => undefined);
			throw error;
		}
	}

	#onFound(told: FactOf<'match:found'>): void {
		if (!isWanted(this.#machine.state)) return;
		mark('next-found');
		this.partner.begin(told, this.#session?.receiver);
		this.#tell();
	}

	/** The match is over. */
	#part(parting: Parting): void {
		this.#parting = parting;
		this.partner.end(parting === 'you');
		this.#tell();
	}

	async #tellLeave(turn: number): Promise<void> {
		// A server that does not hear this frees the partner when the connection ends.
		await this.#server.ask('match:leave', {}).catch(() => undefined);
		this.#machine.send({ kind: 'left', turn });
	}

	#closeSession(): void {
		this.#session?.close();
		this.#session = null;
	}

	/** Reports the phase and the connection if they have changed. */
	#tell(): void {
		const phase = this.#phaseNow();
		if (JSON.stringify(phase) !== JSON.stringify(this.#phase)) {
			this.#phase = phase;
			this.#observer.phase(phase);
		}
		const connection = this.#connectionNow();
		if (connection === this.#connection) return;
		this.#connection = connection;
		this.#observer.connection(connection);
	}

	#phaseNow(): MatchPhase {
		const { state } = this.#machine;
		if (state.kind === 'ended' && state.reason.kind === 'failed') {
			const { code, message } = state.reason.error;
			return { kind: 'failed', code, message };
		}
		if (isWanted(state))
			return this.partner.matchId
				? { kind: 'matched' }
				: { kind: 'waiting', parting: this.#parting };
		return this.#note === null ? { kind: 'opening' } : { kind: 'ready', note: this.#note };
	}

	#connectionNow(): Connection {
		const { state } = this.#machine;
		if (state.kind === 'resuming') return isHeard(state) ? 'connected' : 'reconnecting';
		if (!('entry' in state)) return 'connected';
		// A person who waits sees the loss already.
		const { connection } = state.entry;
		return connection === 'unreachable' && isWanted(state) ? 'reconnecting' : connection;
	}
}
