import { CodedError } from '#shared/errors.ts';
import type { RoomId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import { Backoff } from './backoff.ts';
import { serverError } from '../serverError.ts';
import { toCoded } from './coded.ts';
import { mark } from './marks.ts';
import {
	comesBack,
	consequenceOf,
	nextStep,
	type Goal,
	type Place,
	type Step,
} from './reconnect.ts';
import type { Session } from './session.ts';
import type { Line } from './line.ts';
import type { FirstPage } from '#shared/room.ts';

type Token = Data<'room:join'>['you']['resumeToken'];

export type AttendanceEvents = {
	/** The lobby answered: makes what is needed to send and receive. */
	entered(lobby: Data<'lobby:enter'>): Promise<Session>;
	/** The lobby is ready to be joined from. */
	ready(session: Session): void;
	/** A join is about to be sent; gives the first page to ask for. */
	joining(): FirstPage;
	/** The server knows this client again, and is about to be told what it missed. */
	returning(you: Data<'room:join'>['you']): void;
	/** The whole state of the room, after a first join as after a return. */
	joined(answer: Data<'room:join'>, session: Session, page: FirstPage): void;
	/** What was had of the server is gone; it is being got back. */
	lost(): void;
	/** The room does not take this client now. It is going back to the lobby. */
	declined(error: CodedError): void;
	/** It cannot go on, and nothing more is tried. */
	failed(error: CodedError): void;
};

/**
 * Being somewhere on the server. A wish sets the goal; one loop takes step after step from where the
 * server has this socket to where the goal is. Arriving and returning are the same.
 */
export class Attendance {
	readonly #roomId: RoomId;
	readonly #signal: Pick<Line, 'connected' | 'ask'>;
	readonly #events: AttendanceEvents;
	readonly #pace = new Backoff({ first: 100, factor: 2.5, most: 10_000 });
	#goal: Goal = { kind: 'nowhere' };
	#place: Place = 'nowhere';
	#session: Session | null = null;
	#token: Token | null = null;
	/** Of the page that this one follows, until this one is in. */
	#follows: Token | null = null;
	/** Counts what makes a step that is under way pointless. */
	#turn = 0;
	#running = false;

	constructor(roomId: RoomId, signal: Pick<Line, 'connected' | 'ask'>, events: AttendanceEvents) {
		this.#roomId = roomId;
		this.#signal = signal;
		this.#events = events;
	}

	/** Subscribes to what is told of this client itself. */
	listen(signal: Pick<Line, 'on'>): void {
		signal.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#session?.sender.demand(producerId, spatialLayer),
		);
		signal.on('media:codec', ({ videoCodec }) => this.#session?.useCodec(videoCodec));
		signal.on('room:ended', (error) => this.#onEnded(serverError(error)));
	}

	get session(): Session | null {
		return this.#session;
	}

	/** By which the next page has the place of this one. */
	get token(): Token | null {
		return this.#token ?? this.#follows;
	}

	/** Goes on from the place of the page before, if that is kept. To be said before anything is sought. */
	follow(token: Token): void {
		this.#follows = token;
	}

	/** Goes there, and back there whenever it is lost. */
	seek(goal: Exclude<Goal, { kind: 'nowhere' }>): void {
		this.#goal = goal;
		this.#run();
	}

	/** Whoever has to join again does so under this name. */
	renamed(name: string): void {
		if (this.#goal.kind === 'room') this.#goal = { kind: 'room', name };
	}

	/** From wherever one is to a lobby that knows nothing of what was asked for in this one. */
	startOver(goal: Exclude<Goal, { kind: 'nowhere' }>): void {
		this.#startOver();
		this.seek(goal);
	}

	/**
	 * Gives up everything there is on the server, and tells it if it knows.
	 *
	 * @param unloading whether the page goes, and the next one may be on its way.
	 */
	quit(unloading = false): void {
		// Whoever is not told finds the connection gone, and the place is given up after the grace period.
		if (this.#goal.kind !== 'nowhere')
			this.#signal.ask('room:leave', { unloading }).catch(() => undefined);
		this.#follows = null;
		this.#goal = { kind: 'nowhere' };
		this.#startOver();
		this.#pace.reset();
	}

	/** A new socket is there, and the server has it nowhere. */
	onUp(): void {
		this.#pace.reset();
		this.#run();
	}

	/** The socket is lost. Media goes on. */
	onDown(): void {
		this.#turn++;
		this.#place = 'nowhere';
		this.#session?.detach();
		if (this.#goal.kind !== 'nowhere') this.#events.lost();
	}

	/** The server ended this client's stay. */
	#onEnded(error: CodedError): void {
		// Another call by the same connection was meant.
		if (this.#goal.kind === 'nowhere') return;
		if (!comesBack(error.code)) return this.fail(error);
		this.#startOver();
		this.#events.lost();
		this.#run();
	}

	/** Ends it all with an error. */
	fail(error: CodedError): void {
		this.#goal = { kind: 'nowhere' };
		this.#startOver();
		this.#pace.reset();
		this.#events.failed(error);
	}

	#run(): void {
		if (!this.#running) void this.#takeSteps();
	}

	/** One step after the other until the goal is reached or the connection is lost. */
	async #takeSteps(): Promise<void> {
		this.#running = true;
		while (this.#signal.connected) {
			const step = nextStep(this.#goal.kind, this.#place, this.#token !== null);
			if (!step) {
				this.#pace.reset();
				break;
			}
			const turn = this.#turn;
			try {
				await (step === 'enter' ? this.#enter(turn) : this.#join(turn, step));
			} catch (error) {
				if (turn !== this.#turn) continue;
				this.#onFailed(step, error);
				break;
			}
		}
		this.#running = false;
	}

	async #enter(turn: number): Promise<void> {
		this.#closeSession();
		const lobby = await this.#signal.ask('lobby:enter', {
			roomId: this.#roomId,
			...(this.#follows && { follows: this.#follows }),
		});
		if (turn !== this.#turn) return;
		const session = await this.#events.entered(lobby);
		if (turn !== this.#turn) return session.close();
		this.#session = session;
		this.#place = 'lobby';
		this.#events.ready(session);
	}

	async #join(turn: number, step: 'join' | 'resume'): Promise<void> {
		const session = this.#session;
		if (this.#goal.kind !== 'room' || !session) throw new CodedError('WRONG_PHASE');
		if (step === 'join') session.goLive();
		const page = this.#events.joining();
		mark('join-sent');
		const answer = await this.#signal.ask('room:join', {
			roomId: this.#roomId,
			name: this.#goal.name,
			rtpCapabilities: session.rtpCapabilities,
			firstPage: page,
			...(step === 'resume' && this.#token ? { resumeToken: this.#token } : {}),
		});
		if (turn !== this.#turn) return;
		mark('join-answered');
		this.#place = 'room';
		this.#token = answer.you.resumeToken;
		this.#follows = null;
		if (step === 'resume') {
			this.#events.returning(answer.you);
			session.attach(answer.you);
		}
		session.useCodec(answer.videoCodec);
		this.#events.joined(answer, session, page);
	}

	#onFailed(step: Step, error: unknown): void {
		const coded = toCoded(error);
		switch (consequenceOf(step, coded.code)) {
			case 'again':
				break;
			case 'start-over':
				this.#startOver();
				break;
			case 'decline':
				this.#goal = { kind: 'lobby' };
				this.#startOver();
				this.#events.declined(coded);
				break;
			case 'fail':
				// The lobby may have been fit for others.
				this.#signal.ask('room:leave', {}).catch(() => undefined);
				return this.fail(coded);
		}
		this.#pace.schedule(() => this.#run());
	}

	#startOver(): void {
		this.#turn++;
		this.#place = 'nowhere';
		this.#token = null;
		this.#closeSession();
	}

	#closeSession(): void {
		this.#session?.close();
		this.#session = null;
	}
}
