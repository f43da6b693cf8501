import type { PersonId } from '#shared/ids.ts';
import type { Data, FactOf } from '#shared/protocol.ts';
import type { RoomInfo } from '#shared/room.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import type { CallObserver, HostAction, Own } from '../model.ts';
import type { OwnDevices } from '../devices/ownDevices.ts';
import type { OwnShare } from '../devices/ownShare.ts';
import { rememberPreferences } from '#lib/preferences/preferences.ts';
import type { Ask } from '#lib/connection/signalClient.ts';

type Observer = Pick<CallObserver, 'own' | 'room' | 'knocks' | 'acted' | 'reacted'>;

type Parts = {
	devices: Pick<OwnDevices, 'turnOff'>;
	share: Pick<OwnShare, 'stop'>;
	ask: Ask;
	/** The server knows this client under another name now. */
	renamed: (name: string) => void;
};

/** The own peer in the room: its name, hand and role, the policy of the room, what hosts do, and the knocks that a host sees. */
export class LocalPeer {
	readonly #observer: Observer;
	readonly #parts: Parts;
	#own: Own = { name: '', personId: null, inside: null };
	#room: RoomInfo | null = null;

	constructor(observer: Observer, parts: Parts) {
		this.#observer = observer;
		this.#parts = parts;
	}

	/** The person's name in this room. */
	get name(): string {
		return this.#own.name;
	}

	listen(server: Pick<ServerConnection, 'on'>): void {
		server.on('peer:updated', (told) => this.#onUpdated(told));
		server.on('peer:reacted', ({ peerId, emoji }) => this.#observer.reacted(peerId, emoji));
		server.on('room:policy', ({ policy }) => {
			if (this.#room) this.setRoom({ ...this.#room, policy });
		});
		server.on('room:named', ({ roomId: id, name }) => {
			if (this.#room?.id === id) this.setRoom({ ...this.#room, title: name ?? id });
		});
		server.on('knock:list', ({ knocks }) => this.#observer.knocks(knocks));
		server.on('host:acted', ({ by, action }) => {
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

	/** In the lobby, where the server names the person. */
	onLobby(room: RoomInfo, personId: PersonId): void {
		this.setRoom(room);
		if (personId !== this.#own.personId) this.#tell({ ...this.#own, personId });
	}

	/** In the lobby, or away, under this name. */
	onOutside(name: string = this.#own.name): void {
		this.#tell({ ...this.#own, name, inside: null });
		this.#observer.knocks([]);
	}

	/** In the room, for the first time or again. */
	onInside({ you, room, knocks }: Pick<Data<'room:join'>, 'you' | 'room' | 'knocks'>): void {
		this.setRoom(room);
		const { name, peerId, personId, role, label, hand, hostMuted } = you;
		const before = this.#own.inside;
		// Another peer of the same person begins without what the first one had: its time was over, or its worker died.
		if (before && before.peerId !== peerId && before.hand !== null)
			this.raiseHand(true).catch(() => undefined);
		this.#tell({ name, personId, inside: { peerId, role, label, hand, hostMuted } });
		this.#observer.knocks(knocks);
		this.onReturning(you);
	}

	/** After a resume: applies what changed while the connection was lost. */
	onReturning({
		hostMuted,
		cameraStopped,
	}: Pick<Data<'room:join'>['you'], 'hostMuted' | 'cameraStopped'>): void {
		if (hostMuted) this.onSilenced();
		if (cameraStopped) this.#carryOut('camera-stopped');
	}

	/** The server refuses the microphone: a host has muted this peer. */
	onSilenced(): void {
		this.#carryOut('muted');
	}

	/** Turns off here what a host turned off. */
	#carryOut(action: HostAction): void {
		const { devices, share } = this.#parts;
		if (action === 'muted') void devices.turnOff('microphone');
		if (action === 'camera-stopped') void devices.turnOff('camera');
		if (action === 'share-stopped') share.stop();
	}

	#onUpdated({ peerId, name, role, label, hand, hostMuted }: FactOf<'peer:updated'>): void {
		const { inside } = this.#own;
		if (inside?.peerId === peerId)
			this.#tell({
				...this.#own,
				name,
				inside: { ...inside, role, label, hand, hostMuted },
			});
	}

	#tell(own: Own): void {
		this.#own = own;
		this.#observer.own(own);
	}
}
