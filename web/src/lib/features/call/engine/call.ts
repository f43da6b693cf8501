import { CodedError } from '#shared/errors.ts';
import type { PeerId, ResumeToken, RoomId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import { roomConsequences } from '#lib/connection/consequences.ts';
import { Machine } from '#lib/connection/machine.ts';
import type { CallStatus } from '#lib/connection/status.ts';
import { isHeard, type Command } from '#lib/connection/state.ts';
import type { CallEncryption } from '#lib/encryption/callEncryption.ts';
import { loadPart } from '#lib/browser/loadPart.ts';
import { onPageGone } from '#lib/browser/pageGone.ts';
import { serverError } from '#lib/connection/serverError.ts';
import { Backoff } from '#lib/connection/backoff.ts';
import { toCoded } from '#lib/connection/coded.ts';
import type { CallEngine } from './engine.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { mark } from './statistics/marks.ts';
import type { CallObserver, MediaPath, Place, ShareMode, TileSize } from './model.ts';
import { OwnDevices } from './devices/ownDevices.ts';
import { LocalPeer } from './peers/localPeer.ts';
import { OwnShare } from './devices/ownShare.ts';
import { RemotePeers } from './peers/remotePeers.ts';
import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Session } from './session/session.ts';
import { encryptionOf } from './session/encrypted.ts';
import { Sessions } from './session/sessions.ts';
import { StatisticsOnDemand } from './statistics/statisticsOnDemand.ts';
import { forgetResumeRecord, keepResumeRecord, type ResumeRecord } from './session/resumeRecord.ts';

/** How long after a join its quality is reported first, in ms. */
const beforeReports = 10_000;

/** A command of one kind. */
type Do<K extends Command['kind']> = Extract<Command, { kind: K }>;
type Joined = Data<'room:join'>;

/**
 * A call as its page sees it: it takes the wishes of the person and reports the results to the observer. It carries
 * out the commands of the connection's machine, and owns the devices and the session.
 */
export class Call implements CallEngine {
	readonly devices: OwnDevices;
	readonly share: OwnShare;
	readonly own: LocalPeer;
	readonly statistics: StatisticsOnDemand;
	readonly #roomId: RoomId;
	readonly #observer: CallObserver;
	readonly #server: SharedConnection;
	readonly #sessions: Sessions;
	readonly #remotePeers: RemotePeers;
	readonly #machine: Machine;
	readonly #pace = new Backoff({ first: 100, factor: 2.5, most: 10_000 });
	/** The session of the page before, until the lobby was entered with it. */
	#resumes: ResumeRecord | null;
	#quiet: boolean;
	/** Of an end-to-end encrypted room. */
	#encryption: CallEncryption | null = null;
	#session: Session | null = null;
	#status: CallStatus | null = null;
	/** The person who wants in, until they are. */
	#joining: { resolve: () => void; reject: (error: CodedError) => void } | null = null;
	#requests = 0;
	#present = 0;
	#endUnload: () => void = () => undefined;
	#endReports: () => void = () => undefined;

	/** @param quiet whether devices stay closed until `answer`, which resumes that session, if there is one. */
	constructor(
		roomId: RoomId,
		observer: CallObserver,
		quiet = false,
		resumes: ResumeRecord | null = null,
	) {
		this.#roomId = roomId;
		this.#observer = observer;
		this.#quiet = quiet;
		this.#resumes = resumes;
		const machine = (this.#machine = new Machine(roomConsequences, {
			status: (status) => this.#tell(status),
			run: (command) => this.#run(command),
		}));
		const fail = (error: CodedError) => machine.send({ kind: 'refused', error });
		this.devices = new OwnDevices(observer, (mode) => {
			this.#remotePeers.setVideoMode(mode);
			this.#prepare();
		});
		this.share = new OwnShare((state) => observer.share(state));
		const server = (this.#server = new SharedConnection({
			up: () => {
				this.#pace.reset();
				machine.send({ kind: 'up' });
			},
			down: () => machine.send({ kind: 'down' }),
			unanswered: () => machine.send({ kind: 'unanswered' }),
			refused: fail,
		}));
		const remotePeers = (this.#remotePeers = new RemotePeers(server.ask, observer));
		remotePeers.setVideoMode(this.devices.videoMode);
		this.own = new LocalPeer(observer, {
			...{ devices: this.devices, share: this.share, ask: server.ask },
			renamed: (name) => machine.send({ kind: 'renamed', name }),
		});
		this.#sessions = new Sessions({
			...{ audio: this.devices.audio, ask: server.ask, receiving: remotePeers },
			renew: () => server.renew(),
			heard: () => isHeard(machine.state),
			silenced: () => this.own.onSilenced(),
			broken: fail,
		});
		this.statistics = new StatisticsOnDemand({
			measurable: () => this.#session?.measurable ?? null,
			sourceOf: (producerId) => remotePeers.sourceOf(producerId),
			expected: (producerId) => remotePeers.expected(producerId),
			tell: (statistics) => observer.statistics(statistics),
		});
		remotePeers.listen(server);
		this.own.listen(server);
		server.on('lobby:standing', (standing) => {
			if (standing.admission === 'open') this.#session?.admit();
			machine.send({ kind: 'standing', standing });
		});
		server.on('lobby:present', ({ present }) => this.#onPresent(present));
		server.on('media:demand', ({ producerId, spatialLayer }) =>
			this.#session?.sender.demand(producerId, spatialLayer),
		);
		server.on('media:codec', ({ videoCodec }) => this.#session?.useCodec(videoCodec));
		server.on('room:ended', (error) =>
			machine.send({ kind: 'room-ended', error: serverError(error) }),
		);
	}

	/** The connection, for other uses beside the call. It exists before, during and after the call. */
	get server(): SharedConnection {
		return this.#server;
	}

	enter(): void {
		const { connected } = this.#server;
		this.#machine.send({ kind: 'enter', connected, former: this.#resumes?.token });
		this.#resumes = null;
	}

	/** Into the room: at once, with the password, or when a host lets the person in. Resolves when inside. */
	join(name: string, password?: string): Promise<void> {
		this.own.onOutside(name);
		rememberPreferences({ name });
		const inside = new Promise<void>((resolve, reject) => {
			this.#joining?.reject(new CodedError('CONFLICT', "You've rejoined."));
			this.#joining = { resolve, reject };
		});
		this.#machine.send({ kind: 'join', number: ++this.#requests, name, password });
		return inside;
	}

	/** Makes, accepts or continues a call: opens these devices, and joins as soon as that is possible. */
	answer(name: string, on: { microphone: boolean; camera: boolean }): Promise<void> {
		this.#quiet = false;
		this.devices.start(on);
		return this.join(name);
	}

	/** Takes the knock back. The client enters the lobby again, which has no knock, so that the hosts see it go. */
	stopWaiting(): void {
		if (this.#machine.state.kind === 'lobby') this.#machine.send({ kind: 'step-back' });
	}

	leave(): void {
		this.#machine.send({ kind: 'leave' });
	}

	/** Lets the person pick what to share; in the room only. Never rejects. */
	async startShare(mode: ShareMode): Promise<void> {
		const { kind } = this.#machine.state;
		if (kind === 'joined' || kind === 'resuming') await this.share.start(mode);
	}

	/** A peer's picture, or their share, is this large in this place now. */
	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place): void {
		this.#remotePeers.show(source, peerId, size, place);
	}

	/** The data with which another tab continues the call in place of this one; null while the person is not in the room. */
	get resumeRecord(): ResumeRecord | null {
		const { state } = this.#machine;
		return state.kind === 'joined' && state.token ? this.#recordOf(state.token) : null;
	}

	close(): void {
		const { state } = this.#machine;
		if (state.kind === 'ended' && state.reason.kind === 'closed') return;
		this.leave();
		this.#machine.send({ kind: 'close' });
		this.statistics.close();
		this.#remotePeers.close();
		this.devices.close();
		this.#sessions.close();
		this.#encryption?.close();
		this.#server.close();
	}

	#tell(status: CallStatus): void {
		if (status.phase.kind === 'joining' && this.#status?.phase.kind !== 'joining') mark('join');
		this.#status = status;
		this.#observer.status(status);
	}

	#run(command: Command): void {
		const { turn } = this.#machine.state;
		switch (command.kind) {
			case 'begin':
				return this.#begin();
			case 'enter':
				return void this.#step(turn, this.#enter(turn, command));
			case 'join':
				return void this.#step(turn, this.#join(turn, command));
			case 'pause':
				this.#pace.cancel();
				this.#pace.schedule(() => this.#machine.send({ kind: 'again', turn }));
				return;
			case 'knock':
				return void this.#knock(command);
			case 'lost':
				this.#remotePeers.abandonList();
				return this.#session?.interrupt();
			case 'clear':
				this.#closeSession();
				this.#remotePeers.clear();
				this.share.stop();
				return this.own.onOutside();
			case 'release':
				return this.#release();
			case 'tell-leave':
				return void this.#tellLeave(turn, command.unloading);
			case 'keep-place': {
				const { token } = command;
				return token ? keepResumeRecord(this.#recordOf(token)) : forgetResumeRecord();
			}
			case 'answer': {
				const joining = this.#joining;
				this.#joining = null;
				return command.error ? joining?.reject(command.error) : joining?.resolve();
			}
		}
	}

	#recordOf(token: ResumeToken): ResumeRecord {
		const { name } = this.own;
		return { roomId: this.#roomId, token, name, ...this.devices.on, at: Date.now() };
	}

	#begin(): void {
		this.own.onOutside(recallPreferences().name);
		this.#observer.path({ kind: 'checking' });
		this.#sessions.preload();
		this.#server.open().catch(() => {
			const error = new CodedError('UNAVAILABLE', "The page didn't load completely.");
			this.#machine.send({ kind: 'refused', error });
		});
		this.#server.occupy(this.#goAway);
		// A browser that has listed the devices opens them sooner.
		(this.#quiet ? this.devices.selection : this.devices).start();
		this.#endUnload = onPageGone(() => this.#machine.send({ kind: 'page-gone' }));
	}

	/** Carries out a step of joining. A failure from an earlier turn is ignored. */
	async #step(turn: number, taken: Promise<void>): Promise<void> {
		try {
			await taken;
		} catch (error) {
			this.#machine.send({ kind: 'step-failed', turn, error: toCoded(error) });
		}
	}

	async #enter(turn: number, { former }: Do<'enter'>): Promise<void> {
		const encryption = (this.#encryption ??= await encryptionOf(
			this.#roomId,
			this.#server,
			(error) => this.#machine.send({ kind: 'room-ended', error }),
		));
		const entered = this.#server.ask('lobby:enter', {
			roomId: this.#roomId,
			...encryption?.entering,
			...(former && { follows: former }),
		});
		// The browser takes a while to close connections: meanwhile the server is at work.
		this.#closeSession();
		const lobby = await entered;
		if (encryption) await encryption.entered(lobby);
		if (!this.#machine.isCurrent(turn)) return;
		const { admission, kept, room, personId, present } = lobby;
		this.own.onLobby(room, personId);
		this.#onPresent(present);
		const over = room.kind === 'call' && present === 0;
		this.#machine.send({ kind: 'entered', turn, admission, kept, over });
		if (!this.#machine.isCurrent(turn)) return;
		const returning = this.#machine.state.kind === 'resuming';
		const tell = (path: MediaPath) => this.#observer.path(path);
		const session = await this.#sessions.open(lobby, returning ? null : tell, encryption?.guard);
		if (!this.#machine.isCurrent(turn)) return session.close();
		this.#session = session;
		this.devices.attach(session.sender);
		this.share.attach(session.sender);
		// A person who has pressed Join waits for the media of the others. Their own is sent after it.
		if (this.#machine.state.kind !== 'joining') await session.send();
		if (!this.#machine.isCurrent(turn)) return;
		this.#machine.send({ kind: 'prepared', turn });
		if (this.#machine.state.kind === 'lobby') this.#pace.reset();
		this.#prepare();
	}

	async #join(turn: number, { name, token }: Do<'join'>): Promise<void> {
		const session = this.#session;
		if (!session) throw new CodedError('WRONG_PHASE');
		if (!token) session.goLive();
		const encryption = this.#encryption;
		const proof = encryption && (await encryption.joining());
		const page = this.#remotePeers.awaitList(this.#present);
		mark('join-sent');
		const answer: Joined = await this.#server.ask('room:join', {
			roomId: this.#roomId,
			name,
			rtpCapabilities: session.rtpCapabilities,
			firstPage: page,
			...proof,
			...(token && { resumeToken: token }),
		});
		if (!this.#machine.isCurrent(turn)) return;
		if (encryption) await encryption.joined(answer);
		mark('join-answered');
		this.#pace.reset();
		this.#machine.send({ kind: 'answered', turn, token: answer.you.resumeToken });
		if (token) {
			this.own.onReturning(answer.you);
			session.resume(answer.you);
		}
		session.useCodec(answer.videoCodec);
		const accepted = this.#remotePeers.accept(answer, session.receiver, page);
		this.own.onInside(answer); // Is drawn while the browser connects.
		if (!(await accepted)) return;
		this.#machine.send({ kind: 'settled', turn });
		void this.#send(session);
		session.tidyUp();
		if (answer.reportQuality) this.#reportQuality(session, answer);
	}

	/** The call ends where the browser cannot send. */
	async #send(session: Session): Promise<void> {
		try {
			await session.send();
		} catch (error) {
			if (this.#session === session) this.#machine.send({ kind: 'refused', error: toCoded(error) });
		}
	}

	/** Nothing of the join waits for the code of the reports. */
	#reportQuality({ measurable }: Session, { peers }: Joined): void {
		this.#endReports();
		const timer = setTimeout(() => void begin(), beforeReports);
		const end = () => clearTimeout(timer);
		const begin = async () => {
			const code = await loadPart(() => import('./extra/qualityReports.ts')).catch(() => null);
			if (code && this.#endReports === end)
				this.#endReports = code.reportQuality(measurable, peers, this.#server.ask);
		};
		this.#endReports = end;
	}

	async #knock({ number, name, password }: Do<'knock'>): Promise<void> {
		try {
			const standing = await this.#server.ask('room:knock', {
				name,
				...(password && { password }),
			});
			this.#machine.send({ kind: 'knocked', number, standing });
		} catch (error) {
			const failed = { number, error: toCoded(error), password: password !== undefined };
			this.#machine.send({ kind: 'knock-failed', ...failed });
		}
	}

	async #tellLeave(turn: number, unloading: boolean): Promise<void> {
		// A server that does not hear this notices the lost connection, and gives the place up after the grace period.
		await this.#server.ask('room:leave', { unloading }).catch(() => undefined);
		this.#machine.send({ kind: 'left', turn });
	}

	/** While the person is in the lobby, prepares the reception of the first page. */
	#prepare(): void {
		if (this.#machine.state.kind === 'lobby')
			this.#session?.prepare(this.#remotePeers.firstPage(this.#present));
	}

	#onPresent(present: number): void {
		this.#present = present;
		this.#prepare();
		this.#observer.present(present);
	}

	#closeSession(): void {
		this.#endReports();
		this.#endReports = () => undefined;
		this.#session?.close();
		this.#session = null;
	}

	#release(): void {
		this.#pace.reset();
		this.#closeSession();
		this.share.release();
		this.devices.release();
		this.#endUnload();
		this.#server.vacate(this.#goAway);
		this.#remotePeers.clear();
		this.own.onOutside();
	}

	/** The page goes to another call: the others need not wait. */
	readonly #goAway = (): void => this.leave();
}
