import { CodedError } from '#shared/errors.ts';
import { newRoomId, type RoomId } from '#shared/roomIds.ts';
import type { Data } from '#shared/protocol.ts';
import { toCoded } from '#lib/connection/coded.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { LocalAudio } from '#lib/features/call/engine/devices/localAudio.ts';
import { DeviceCode } from '#lib/features/call/engine/session/deviceCode.ts';
import { Sessions } from '#lib/features/call/engine/session/sessions.ts';
import type { Session } from '#lib/features/call/engine/session/session.ts';
import type { MediaPath } from '#lib/features/call/engine/model.ts';
import {
	between,
	count,
	judgeClock,
	judgeQuality,
	ways,
	type Findings,
	type Untried,
	type Way,
} from './findings.ts';
import { lobbyFor } from './lobbyFor.ts';
import { askServer } from '#lib/browser/askServer.ts';

/** How long the server may take to answer, and how long packets are counted, in ms. */
const patience = { connection: 12_000, counting: 5_000 } as const;

type Network = 'browser' | 'connection' | 'clock' | Way | 'quality';
type Tell = <N extends Network>(name: N, found: Findings[N]) => void;
type Lobby = Data<'lobby:enter'>;

/**
 * Tries the way to the server, step by step: the connection, then media over UDP, over TCP and through the relay, each by sending
 * black and silence that the server sends back. No other person is involved. Runs once.
 */
export class ConnectionCheck {
	readonly #roomId: RoomId;
	readonly #told: Tell;
	readonly #server: SharedConnection;
	readonly #audio = new LocalAudio();
	readonly #sessions: Sessions;
	/** Rejects when the run has to end early. */
	readonly #ended = Promise.withResolvers<never>();
	/** The findings so far, by which the end of the run completes the others. */
	readonly #state = new Map<Network, Findings[Network]['kind']>();
	#isMeasured = false;
	#closed = false;

	/** @param roomId the room whose lobby the check enters unseen; null for a room of its own */
	constructor(roomId: RoomId | null, tell: Tell) {
		this.#roomId = roomId ?? newRoomId();
		this.#told = tell;
		this.#ended.promise.catch(() => undefined);
		this.#server = new SharedConnection({
			down: () => this.#ended.reject(new CodedError('UNAVAILABLE')),
			refused: (error) => this.#ended.reject(error),
		});
		this.#sessions = new Sessions({
			audio: this.#audio,
			ask: this.#server.ask,
			receiving: { changed: () => undefined, known: () => true, expected: () => false },
			renew: () => undefined,
			heard: () => this.#server.connected,
			silenced: () => undefined,
			broken: (error) => this.#ended.reject(error),
		});
	}

	/** Never rejects. Resolves when all findings have been reported. */
	async run(): Promise<void> {
		try {
			if ((await this.#tryBrowser()) && (await this.#tryConnection())) {
				await this.#tryClock();
				for (const way of ways) await this.#tryWay(way);
				if (!this.#isMeasured) this.#tell('quality', { kind: 'untried', why: 'no-way' });
			}
		} catch (error) {
			this.#onEnd(toCoded(error));
		} finally {
			this.#leaveOpenNothing();
			this.close();
		}
	}

	/** Ends the run. No findings are reported after that. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#ended.reject(new CodedError('UNAVAILABLE'));
		if (this.#server.connected) this.#server.ask('room:leave', {}).catch(() => undefined);
		this.#server.vacate(this.#goAway);
		this.#sessions.close();
		this.#audio.close();
		this.#server.close();
	}

	#tell<N extends Network>(name: N, found: Findings[N]): void {
		if (this.#closed) return;
		this.#state.set(name, found.kind);
		this.#told(name, found);
	}

	/** Another feature takes the place of this connection. */
	readonly #goAway = (): void => this.close();

	/** The result of a step, or the end of the run. */
	#unlessEnded<T>(step: Promise<T>): Promise<T> {
		return Promise.race([step, this.#ended.promise]);
	}

	async #tryBrowser(): Promise<boolean> {
		this.#tell('browser', { kind: 'running' });
		try {
			await this.#unlessEnded(new DeviceCode().preload());
			this.#tell('browser', { kind: 'good' });
			return true;
		} catch (error) {
			this.#tell('browser', { kind: 'bad', message: toCoded(error).message });
			return false;
		}
	}

	async #tryConnection(): Promise<boolean> {
		this.#tell('connection', { kind: 'running' });
		this.#server.occupy(this.#goAway);
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const timer = setTimeout(() => resolve(false), patience.connection);
		const unlisten = this.#server.watch({ up: () => resolve(true) });
		try {
			await this.#server.open();
			const isUp = this.#server.connected || (await this.#unlessEnded(promise));
			const { transport } = this.#server;
			const isGood = isUp && transport !== null;
			this.#tell(
				'connection',
				isGood ? { kind: 'good', transport } : { kind: 'bad', problem: 'silent' },
			);
			return isGood;
		} finally {
			clearTimeout(timer);
			unlisten();
		}
	}

	async #tryClock(): Promise<void> {
		this.#tell('clock', { kind: 'running' });
		const asked = Date.now();
		const answer = await this.#unlessEnded(askServer());
		const date = Date.parse(answer?.headers.get('date') ?? '');
		const now = (asked + Date.now()) / 2;
		this.#tell(
			'clock',
			Number.isNaN(date) ? { kind: 'untried', why: 'no-connection' } : judgeClock(now - date),
		);
	}

	async #tryWay(way: Way): Promise<void> {
		this.#tell(way, { kind: 'running' });
		let lobby: Lobby;
		try {
			lobby = await this.#unlessEnded(this.#server.ask('lobby:enter', { roomId: this.#roomId }));
		} catch (error) {
			if (!this.#server.connected) throw error;
			const untried: Untried = { why: 'refused', message: toCoded(error).message };
			this.#tell(way, { kind: 'untried', ...untried });
			return;
		}
		const fitting = lobbyFor(way, lobby);
		if (!fitting) {
			this.#tell(way, { kind: 'untried', why: 'no-relay' });
			return;
		}
		await this.#tryLobby(way, fitting);
	}

	async #tryLobby(way: Way, lobby: Lobby): Promise<void> {
		const found = Promise.withResolvers<MediaPath>();
		const session = await this.#unlessEnded(this.#sessions.open(lobby, found.resolve));
		try {
			await this.#unlessEnded(session.send());
			const path = await this.#unlessEnded(found.promise);
			if (path.kind === 'unreachable') {
				this.#tell(way, { ...path, kind: 'bad' });
				return;
			}
			this.#tell(way, { kind: 'good' });
			if (!this.#isMeasured) await this.#measure(session);
		} finally {
			session.close();
		}
	}

	async #measure({ measurable }: Session): Promise<void> {
		this.#isMeasured = true;
		this.#tell('quality', { kind: 'running' });
		const counted = async () => {
			const [, received] = await measurable.getStats();
			return count(received);
		};
		const before = await this.#unlessEnded(counted());
		await this.#unlessEnded(new Promise((resolve) => setTimeout(resolve, patience.counting)));
		this.#tell('quality', judgeQuality(between(before, await this.#unlessEnded(counted()))));
	}

	/** The run was cut short: by the line, or by the server. */
	#onEnd(error: CodedError): void {
		const isRefused = error.code !== 'UNAVAILABLE';
		this.#tell(
			'connection',
			isRefused
				? { kind: 'bad', problem: 'refused', message: error.message }
				: { kind: 'bad', problem: 'lost' },
		);
	}

	#leaveOpenNothing(): void {
		for (const name of ['connection', 'clock', ...ways, 'quality'] as const) {
			const kind = this.#state.get(name) ?? 'waiting';
			if (kind === 'waiting' || kind === 'running')
				this.#tell(name, { kind: 'untried', why: 'no-connection' });
		}
	}
}
