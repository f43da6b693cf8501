import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { newPeerId, personId, type MatchId } from '#shared/ids.ts';
import { rulesVersion, type ReportReason } from '#shared/match.ts';
import type { Data, Told } from '#shared/protocol.ts';
import type { PeerInfo } from '#shared/room.ts';
import { DeviceCode } from '../call/deviceCode.ts';
import { mark } from '../call/marks.ts';
import type { RemotePeer, TileSize } from '../call/model.ts';
import { OwnDevices } from '../call/ownDevices.ts';
import { People } from '../call/people.ts';
import { Session } from '../call/session.ts';
import { Signal } from '../call/signal.ts';
import { Silence } from '../call/silence.ts';
import type { Choice, Keeping, MatchObserver, MatchPhase, Parting, Partner } from './model.ts';
import { Talk } from './talk.ts';

const noKeeping: Keeping = { mine: false, theirs: false, kept: false };

/**
 * Meeting strangers, as the page sees it: wishes go in, and what comes of them is told to the observer. One stay on the
 * server serves all partners: the transports stay, and a new partner is a few consumers more.
 */
export class Matching {
	readonly devices: OwnDevices;
	readonly talk: Talk;
	readonly #observer: MatchObserver;
	readonly #signal: Signal;
	readonly #people: People;
	readonly #code = new DeviceCode();
	#silence: Silence | null = null;
	#session: Session | null = null;
	#choice: Choice;
	/** Whether the person wants to meet somebody, so that it goes on after a lost connection. */
	#wanted = false;
	#phase: MatchPhase['kind'] = 'opening';
	#partner: Partner | null = null;
	#last: MatchId | null = null;
	#keeping = noKeeping;
	#view: TileSize = { width: 640, height: 360 };
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
		this.talk = new Talk(signal.ask, observer);
		this.#people = new People(signal.ask, {
			peers: ([peer]) => this.#onPeer(peer),
			peer: (peer) => this.#onPeer(peer),
			speaking: () => undefined,
		});
		this.#people.listen(signal);
		signal.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#session?.sender.demand(producerId, spatialLayer),
		);
		signal.on('match:waiting', ({ waiting }) => observer.waiting(waiting));
		signal.on('match:found', (told) => this.#onFound(told));
		signal.on('match:ended', ({ matchId, why, waiting }) => {
			observer.waiting(waiting);
			if (matchId === this.#partner?.matchId) this.#part(why);
		});
		signal.on('match:stopped', ({ message }) => void this.stop(message));
		signal.on('match:posted', ({ matchId, message }) => this.talk.onPosted(matchId, message));
		signal.on('match:typing', ({ matchId, typing }) => this.talk.onTyping(matchId, typing));
		signal.on('match:keep', ({ matchId, keep }) => this.#onKeep(matchId, { theirs: keep }));
		signal.on('match:kept', ({ matchId }) => this.#onKeep(matchId, { mine: true, kept: true }));
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

	/** Another wish; between video and writing the way to the server is made anew. */
	choose(choice: Choice): void {
		const turned = choice.mode !== this.#choice.mode;
		this.#choice = choice;
		if (!turned) return;
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
		const matchId = this.#partner?.matchId;
		if (!matchId) return;
		mark('next');
		this.#part('you');
		await this.#going(() => this.#signal.ask('match:next', { matchId }));
	}

	/** Out of it all; nothing of the camera and the microphone leaves the browser any more. */
	async stop(note = ''): Promise<void> {
		this.#wanted = false;
		this.#part(null);
		this.#tellPhase({ kind: 'ready', note });
		this.#signal.ask('match:stop', {}).catch(() => undefined);
		await this.#enter();
	}

	/** Would like to stay in touch with this partner, or not after all. */
	async keep(keep: boolean): Promise<void> {
		const matchId = this.#partner?.matchId;
		if (!matchId) return;
		await this.#signal.ask('match:keep', { matchId, keep });
		this.#onKeep(matchId, { mine: keep });
	}

	/** Never meets this partner, or the last one, again. */
	async block(): Promise<void> {
		const matchId = this.#partner?.matchId ?? this.#last;
		if (!matchId) return;
		mark('next');
		this.#part('you');
		await this.#going(() => this.#signal.ask('match:block', { matchId }));
	}

	/** Tells the administrators about this partner, or the last one. */
	async report(
		matchId: MatchId,
		reason: ReportReason,
		words: string,
		block: boolean,
	): Promise<void> {
		await this.#signal.ask('match:report', { matchId, reason, words, block });
		if (block && matchId === this.#partner?.matchId) this.#part('you');
	}

	/** The partner's picture is this large now. */
	show(size: TileSize): void {
		if (size.width > 0) this.#view = size;
		const peer = this.#partner?.peer;
		if (peer) this.#people.show('camera', peer.peerId, size);
	}

	close(): void {
		if (this.#closed) return;
		this.#leave();
		this.#closed = true;
		this.talk.close();
		this.#people.close();
		this.devices.close();
		this.#silence?.close();
		this.#signal.close();
	}

	#prepareVideo(): void {
		this.devices.start();
		this.#code.preload().catch(() => undefined);
	}

	/** Gets ready on the server, and goes on where one was. */
	async #enter(): Promise<void> {
		const turn = ++this.#turn;
		this.#session?.close();
		this.#session = null;
		this.#people.clear();
		try {
			const media = this.#choice.mode === 'video';
			const entered = await this.#signal.ask('match:enter', { media });
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

	async #openSession(
		media: NonNullable<Data<'match:enter'>['media']>,
		turn: number,
	): Promise<void> {
		const device = await this.#code.for(media.routerRtpCapabilities);
		this.#silence ??= new Silence(this.devices.audio);
		const session = await Session.open({
			lobby: { ...media, videoCodec: 'vp8' },
			device,
			silence: this.#silence,
			ask: this.#signal.ask,
			receiving: this.#people,
			path: () => undefined,
			silenced: () => void this.devices.turnOff('microphone'),
			broken: (error) => this.#fail(error),
		});
		if (turn !== this.#turn) return session.close();
		this.#session = session;
		this.devices.attach(session.sender);
	}

	async #start(agree: boolean): Promise<void> {
		const { mode, interests, language, name } = this.#choice;
		const session = this.#session;
		session?.goLive();
		const { waiting } = await this.#signal.ask('match:start', {
			mode,
			interests: [...interests],
			language,
			name: name.trim() || null,
			...(agree && { agree: rulesVersion }),
			...(session && {
				receive: { rtpCapabilities: session.rtpCapabilities, view: this.#view },
			}),
		});
		if (this.#phase === 'waiting') this.#observer.waiting(waiting);
		session?.tidyUp();
	}

	/** Carries out what ends a match. Whatever the server has against it, one waits, or starts anew. */
	async #going(ask: () => Promise<unknown>): Promise<void> {
		try {
			await ask();
			mark('next-answered');
		} catch (error) {
			if (this.#signal.connected && this.#wanted) await this.#start(false).catch(() => undefined);
			throw error;
		}
	}

	#onFound({ matchId, partner, peer, consumers }: Told<'match:found'>): void {
		if (!this.#wanted) return;
		mark('next-found');
		this.#keeping = noKeeping;
		this.#observer.keeping(noKeeping);
		this.talk.begin(matchId);
		this.#last = matchId;
		this.#partner = { ...partner, matchId, peer: null };
		const receiver = this.#session?.receiver;
		if (peer && receiver) {
			receiver.expectAnew();
			const page = { videos: 1, ...this.#view };
			const answer = {
				you: { peerId: newPeerId() },
				peers: [infoOf(peer, partner.name)],
				consumers,
			};
			void this.#people.accept(answer, receiver, page);
		}
		this.#observer.partner(this.#partner);
		this.#tellPhase({ kind: 'matched' });
	}

	#onPeer(peer: RemotePeer | undefined): void {
		if (!this.#partner || !peer) return;
		this.#partner = { ...this.#partner, peer };
		this.#observer.partner(this.#partner);
	}

	/** The match is over. */
	#part(parting: Parting): void {
		if (this.#partner) {
			this.#partner = null;
			this.talk.begin(null);
			this.#people.clear();
			this.#observer.partner(null);
		}
		if (this.#wanted) this.#tellPhase({ kind: 'waiting', parting });
	}

	#onKeep(matchId: MatchId, change: Partial<Keeping>): void {
		if (matchId !== this.#partner?.matchId) return;
		this.#keeping = { ...this.#keeping, ...change };
		this.#observer.keeping(this.#keeping);
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

	/** The page goes away: the other one need not wait for it to return. */
	readonly #onPageHide = (): void => this.#leave();
}

/** A partner as the engine of calls knows people; strangers have no ids but those of the match. */
const infoOf = (
	{ peerId, producers }: NonNullable<Told<'match:found'>['peer']>,
	name: string | null,
): PeerInfo => ({
	peerId,
	personId: v.parse(personId, peerId),
	name: name ?? '',
	role: 'member',
	hand: null,
	hostMuted: false,
	connected: true,
	producers,
});

const toCoded = (error: unknown): CodedError =>
	error instanceof CodedError
		? error
		: new CodedError('INTERNAL', 'Something went wrong in this browser. Reload the page.');
