import type { Data, Told } from '#shared/protocol.ts';
import type { RoomInfo } from '#shared/room.ts';
import type { Link } from '../chat/model.ts';
import type { CallObserver, HostAction, Own } from './model.ts';
import type { OwnDevices } from './ownDevices.ts';
import type { OwnShare } from './ownShare.ts';
import { rememberPreferences } from './preferences.ts';
import type { Ask } from './signal.ts';

type Observer = Pick<CallObserver, 'own' | 'room' | 'knocks' | 'acted' | 'reacted'>;

type Parts = {
	devices: Pick<OwnDevices, 'turnOff'>;
	share: Pick<OwnShare, 'stop'>;
	ask: Ask;
	/** The server knows this client under another name now. */
	renamed: (name: string) => void;
};

/** Oneself in the room: what the others know of one, what hosts decide and do, and who waits where one is a host. */
export class OwnPeer {
	readonly #observer: Observer;
	readonly #parts: Parts;
	#own: Own = { name: '', inside: null };
	#room: RoomInfo | null = null;

	constructor(observer: Observer, parts: Parts) {
		this.#observer = observer;
		this.#parts = parts;
	}

	/** What one is called here. */
	get name(): string {
		return this.#own.name;
	}

	listen(signal: Pick<Link, 'on'>): void {
		signal.on('peer:updated', (told) => this.#onUpdated(told));
		signal.on('peer:reacted', ({ peerId, emoji }) => this.#observer.reacted(peerId, emoji));
		signal.on('room:policy', ({ policy }) => {
			if (this.#room) this.setRoom({ ...this.#room, policy });
		});
		signal.on('knock:list', ({ knocks }) => this.#observer.knocks(knocks));
		signal.on('host:acted', ({ by, action }) => {
			this.#carryOut(action);
			this.#observer.acted({ by, action });
		});
	}

	async raiseHand(raised: boolean): Promise<void> {
		await this.#parts.ask('room:hand', { raised });
	}

	async react(emoji: string): Promise<void> {
		await this.#parts.ask('room:react', { emoji });
	}

	/** Goes by another name, here and the next time. */
	async rename(name: string): Promise<void> {
		await this.#parts.ask('room:rename', { name });
		this.#parts.renamed(name);
		rememberPreferences({ name });
	}

	setRoom(room: RoomInfo): void {
		this.#room = room;
		this.#observer.room(room);
	}

	/** In the lobby, or away, under this name. */
	onOutside(name: string = this.#own.name): void {
		this.#tell({ name, inside: null });
		this.#observer.knocks([]);
	}

	/** In the room, for the first time or again. */
	onInside({ you, room, knocks }: Pick<Data<'room:join'>, 'you' | 'room' | 'knocks'>): void {
		this.setRoom(room);
		const { name, peerId, personId, role, hand, hostMuted } = you;
		this.#tell({ name, inside: { peerId, personId, role, hand, hostMuted } });
		this.#observer.knocks(knocks);
		this.onReturning(you);
	}

	/** What happened while the connection was lost counts before what is said next. */
	onReturning({
		hostMuted,
		cameraStopped,
	}: Pick<Data<'room:join'>['you'], 'hostMuted' | 'cameraStopped'>): void {
		if (hostMuted) this.onSilenced();
		if (cameraStopped) this.#carryOut('camera-stopped');
	}

	/** The server does not take one's voice now. */
	onSilenced(): void {
		this.#carryOut('muted');
	}

	/** What a host turned off is off here as well. */
	#carryOut(action: HostAction): void {
		const { devices, share } = this.#parts;
		if (action === 'muted') void devices.turnOff('microphone');
		if (action === 'camera-stopped') void devices.turnOff('camera');
		if (action === 'share-stopped') share.stop();
	}

	#onUpdated({ peerId, name, role, hand, hostMuted }: Told<'peer:updated'>): void {
		const { inside } = this.#own;
		if (inside?.peerId === peerId)
			this.#tell({ name, inside: { ...inside, role, hand, hostMuted } });
	}

	#tell(own: Own): void {
		this.#own = own;
		this.#observer.own(own);
	}
}
