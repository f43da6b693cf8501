import { CodedError } from '#shared/errors.ts';
import type { PeerId, RoomId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import type { FirstPage } from '#shared/room.ts';
import { Attendance } from './attendance.ts';
import { Door } from './door.ts';
import type { CallEngine } from './engine.ts';
import { mark } from './marks.ts';
import type { CallObserver, Phase, Place, ShareMode, TileSize } from './model.ts';
import { OwnDevices } from './ownDevices.ts';
import { OwnPeer } from './ownPeer.ts';
import { OwnShare } from './ownShare.ts';
import { People } from './people.ts';
import { recallPreferences, rememberPreferences } from './preferences.ts';
import { Line } from './line.ts';
import { failure } from './reconnect.ts';
import type { Session } from './session.ts';
import { Sessions } from './sessions.ts';
import { StatisticsWatch } from './statistics.ts';
import { Staying, type Stay } from './stay.ts';

/**
 * A call as its page sees it: the person's wishes go in, and whatever comes of them is told to the
 * observer. Owns the devices, and the stay on the server.
 */
export class Call implements CallEngine {
	readonly devices: OwnDevices;
	readonly share: OwnShare;
	readonly own: OwnPeer;
	readonly statistics: StatisticsWatch;
	readonly #observer: CallObserver;
	readonly #signal: Line;
	#quiet: boolean;
	readonly #staying: Staying;
	readonly #attendance: Attendance;
	readonly #sessions: Sessions;
	readonly #people: People;
	readonly #door: Door;
	#phase: Phase['kind'] = 'entering';
	#present = 0;
	#closed = false;

	/** @param quiet whether no device is opened before `answer`, which goes on with `stay` if there is one. */
	constructor(roomId: RoomId, observer: CallObserver, quiet = false, stay?: Stay) {
		this.#observer = observer;
		this.#quiet = quiet;
		this.#staying = new Staying(roomId, stay !== undefined);
		this.devices = new OwnDevices(this.#staying.watched(observer), (mode) => {
			this.#people.setVideoMode(mode);
			this.#prepare();
		});
		this.share = new OwnShare((state) => observer.share(state));
		const signal = (this.#signal = new Line({
			up: () => this.#attendance.onUp(),
			down: () => this.#attendance.onDown(),
			unanswered: () => this.#isInside || observer.connection('unreachable'),
			refused: (error) => this.#attendance.fail(error),
		}));
		const people = (this.#people = new People(signal.ask, observer));
		people.setVideoMode(this.devices.videoMode);
		this.own = new OwnPeer(observer, {
			...{ devices: this.devices, share: this.share, ask: signal.ask },
			renamed: (name) => this.#attendance.renamed(name),
		});
		this.#sessions = new Sessions({
			...{ audio: this.devices.audio, ask: signal.ask, receiving: people },
			silenced: () => this.own.onSilenced(),
			broken: (error) => this.#attendance.fail(error),
		});
		this.#door = new Door(signal.ask, {
			standing: (standing) => observer.standing(standing),
			open: (name) => {
				mark('join');
				this.#attendance.seek({ kind: 'room', name });
				this.#tellPhase({ kind: 'joining' });
			},
		});
		this.statistics = StatisticsWatch.of(people, observer, () => this.#attendance.session);
		this.#attendance = new Attendance(roomId, signal, {
			entered: (lobby) => this.#onEntered(lobby),
			ready: ({ sender }) => {
				this.devices.attach(sender);
				this.share.attach(sender);
				this.#prepare();
				if (!this.#isInside) this.#observer.connection('connected');
			},
			joining: () => this.#people.awaitList(this.#present),
			returning: (you) => this.own.onReturning(you),
			joined: (answer, session, page) => void this.#onJoined(answer, session, page),
			lost: () => {
				this.#people.abandonList();
				this.#door.onLost();
				this.#observer.connection('reconnecting');
			},
			declined: (error) => {
				this.#people.clear();
				this.share.stop();
				this.own.onOutside();
				this.#door.onLost();
				this.#tellPhase({ kind: 'entering' });
				this.#door.refuse(error);
			},
			failed: (error) => {
				this.#door.refuse(error);
				this.#letGo();
				this.#tellPhase(failure(error));
			},
		});
		if (stay) this.#attendance.follow(stay.token);
		this.#people.listen(signal);
		this.own.listen(signal);
		signal.on('lobby:standing', (standing) => {
			if (standing.admission === 'open') this.#attendance.session?.admit();
			this.#door.onStanding(standing);
		});
		signal.on('lobby:present', ({ present }) => this.#onPresent(present));
		this.#attendance.listen(signal);
	}

	/** The connection, for whatever else goes over it. It is there before, during and after the stay. */
	get link(): Line {
		return this.#signal;
	}

	enter(): void {
		if (this.#closed) return;
		this.own.onOutside(recallPreferences().name);
		this.#tellPhase({ kind: 'entering' });
		this.#observer.path({ kind: 'checking' });
		this.#sessions.preload();
		this.#signal.open().catch(() => {
			this.#attendance.fail(new CodedError('UNAVAILABLE', 'The page was not loaded completely.'));
		});
		this.#signal.occupy(this.#goAway);
		// What the browser has looked at it opens sooner.
		(this.#quiet ? this.devices.choosing : this.devices).start();
		this.#attendance.seek({ kind: 'lobby' });
		window.addEventListener('pagehide', this.#unload);
	}

	/** Into the room: at once, with the password, or when a host lets the person in. Resolves when inside. */
	join(name: string, password?: string): Promise<void> {
		this.own.onOutside(name);
		rememberPreferences({ name });
		return this.#door.enter(name, password);
	}

	/** Takes or makes a call, or goes on with one: opens these devices, and joins as soon as that is possible. */
	answer(name: string, on: { microphone: boolean; camera: boolean }): Promise<void> {
		this.#quiet = false;
		this.devices.start(on);
		return this.join(name);
	}

	/** Waits at the door no longer. */
	stopWaiting(): void {
		if (this.#phase !== 'lobby') return;
		this.#door.leave();
		// Another lobby knows of no knock: that is how the hosts are told.
		this.#attendance.startOver({ kind: 'lobby' });
	}

	leave(): void {
		this.#attendance.quit();
		this.#staying.forget();
		this.#letGo();
		this.#tellPhase({ kind: 'left' });
	}

	/** Lets the person pick what to share; in the room only. Never rejects. */
	async startShare(mode: ShareMode): Promise<void> {
		if (this.#isInside) await this.share.start(mode);
	}

	/** A peer's picture, or their share, is this large in this place now. */
	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place): void {
		this.#people.show(source, peerId, size, place);
	}

	close(): void {
		if (this.#closed) return;
		this.leave();
		this.#closed = true;
		this.statistics.close();
		this.#people.close();
		this.devices.close();
		this.#sessions.close();
		this.#signal.close();
	}

	/** In the room, or on the way back into it. */
	get #isInside(): boolean {
		return this.#phase === 'joined';
	}

	async #onEntered(lobby: Data<'lobby:enter'>): Promise<Session> {
		const returning = this.#isInside;
		this.own.setRoom(lobby.room);
		this.#onPresent(lobby.present);
		if (this.#staying.isShutOut(lobby)) this.#door.refuse(new CodedError('NOT_ADMITTED'));
		if (this.#phase === 'entering') this.#tellPhase({ kind: 'lobby' });
		this.#door.onEntered(lobby.admission);
		return this.#sessions.open(lobby, returning ? null : (path) => this.#observer.path(path));
	}

	async #onJoined(answer: Data<'room:join'>, session: Session, page: FirstPage): Promise<void> {
		const accepted = this.#people.accept(answer, session.receiver, page);
		this.own.onInside(answer); // Is drawn while the browser connects.
		if (!(await accepted)) return;
		this.#observer.connection('connected');
		this.#tellPhase({ kind: 'joined' });
		this.#door.onInside();
		this.#staying.forget();
		session.tidyUp();
	}

	/** While the person looks around in the lobby, all is made ready for what they will see. */
	#prepare(): void {
		if (this.#phase === 'lobby')
			this.#attendance.session?.prepare(this.#people.firstPage(this.#present));
	}

	#onPresent(present: number): void {
		this.#present = present;
		this.#prepare();
		this.#observer.present(present);
	}

	#tellPhase(phase: Phase): void {
		this.#phase = phase.kind;
		this.#observer.phase(phase);
	}

	#letGo(): void {
		this.share.release();
		this.devices.release();
		window.removeEventListener('pagehide', this.#unload);
		this.#signal.vacate(this.#goAway);
		this.#people.clear();
		this.#door.leave();
		this.own.onOutside();
	}

	/** The page goes to another call: the others need not wait. */
	readonly #goAway = (): void => this.leave();

	/** The page goes, and may be on its way back. */
	readonly #unload = (): void => {
		this.#staying.keep(this.#attendance.token, this.own.name);
		this.#attendance.quit(true);
		this.#letGo();
	};
}
