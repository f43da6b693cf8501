import { CodedError } from '#shared/errors.ts';
import type { Knock, RoomPolicy } from '#shared/admission.ts';
import type { Author } from '#shared/chat.ts';
import {
	newKnockId,
	newResumeToken,
	type KnockId,
	type PeerId,
	type PersonId,
	type RoomId,
} from '#shared/ids.ts';
import type { ProducerInfo } from '#shared/media.ts';
import type { MediaSource } from '#shared/mediaSource.ts';
import type { Role } from '#shared/members.ts';
import type { Data } from '#shared/protocol.ts';
import type { PeerInfo, RoomInfo } from '#shared/room.ts';
import {
	cameraOf,
	guestName,
	microphoneOf,
	newGuest,
	ownNumber,
	partsOf,
	peerOf,
	personOf,
	shareOf,
	type Guest,
} from './guests.ts';
import type { DemoServer } from './demoServer.ts';

const pictureSize = { width: 640, height: 360 } as const;

/** The properties of a guest that can change. */
export type Change = Partial<Omit<Guest, 'number'>>;

/** A room of simulated people and their state. Answers requests and sends facts as a server does. */
export class DemoRoom {
	readonly server: DemoServer;
	/** The people who were removed, until they are allowed again. */
	readonly removed: Author[] = [];
	#info: RoomInfo;
	#you: { name: string; label?: string | undefined; hand: number | null; role: Role } = {
		name: '',
		hand: null,
		role: 'host',
	};
	readonly #waiting = new Map<KnockId, { guest: Guest; since: number }>();
	#guests = new Map<number, Guest>();
	#arrived = 0;
	#shares = 0;
	#wanted = 0;
	#speaking: readonly number[] = [];
	#active: number | null = null;

	constructor(server: DemoServer, roomId: RoomId, title: string) {
		this.server = server;
		this.#info = {
			id: roomId,
			kind: 'open',
			title,
			policy: {
				maxPeers: 100,
				locked: false,
				knocking: false,
				password: false,
				sharing: 'everybody',
				unmuting: 'everybody',
				slowMode: 0,
			},
		};
		server.answer({
			'room:hand': ({ raised }) => this.#changeYou({ hand: raised ? Date.now() : null }),
			'room:react': ({ emoji }) => {
				this.react(ownNumber, emoji);
				return {};
			},
			'room:rename': ({ name }) => this.#changeYou({ name }),
			// As if the guests were people who hear the person.
			'media:hearing': () => ({
				microphone: 'open',
				peers: this.guests.map(({ number }) => ({ peerId: peerOf(number), state: 'hears' })),
			}),
		});
	}

	/** How many guests there should be. */
	get wanted(): number {
		return this.#wanted;
	}

	get ownName(): string {
		return this.#you.name;
	}

	get guests(): readonly Guest[] {
		return [...this.#guests.values()];
	}

	get policy(): RoomPolicy {
		return this.#info.policy;
	}

	guestOf(id: PeerId | PersonId): Guest {
		const found = this.#guests.get(partsOf(id).number);
		if (!found) throw new CodedError('NOT_FOUND');
		return found;
	}

	/** The person joins, as a host. */
	join(name: string): Pick<Data<'room:join'>, 'room' | 'you' | 'peers' | 'consumers' | 'knocks'> {
		this.#you = { ...this.#you, name, hand: null };
		return {
			room: this.#info,
			you: {
				...this.#ownInfo(),
				...{ connected: true, producers: [], cameraStopped: false },
				resumeToken: newResumeToken(),
			},
			peers: this.guests.map((guest) => this.#peerInfo(guest)),
			consumers: [],
			knocks: this.#knocks,
		};
	}

	/** Lets people come or go at once, until there are so many. */
	fill(wanted: number): void {
		this.#wanted = wanted;
		while (this.#guests.size < wanted) this.come();
		for (const { number } of this.guests.slice(wanted)) this.leave(number);
	}

	come(): void {
		const guest = newGuest(++this.#arrived);
		this.#guests.set(guest.number, guest);
		this.server.tell('peer:joined', { peer: this.#peerInfo(guest) });
	}

	/** @param forGood whether no other guest takes the place */
	leave(number: number, forGood = false): void {
		if (!this.#guests.delete(number)) return;
		if (forGood) this.#wanted--;
		this.server.tell('peer:left', { peerId: peerOf(number) });
		if (this.#active === number) this.#active = null;
		this.speak(this.#speaking.filter((other) => other !== number));
	}

	/** Moves a guest to the waiting room. */
	makeWait(guest: Guest): void {
		this.leave(guest.number, true);
		this.#waiting.set(newKnockId(), { guest, since: Date.now() });
		this.server.tell('knock:list', { knocks: this.#knocks });
	}

	/** Answers one who waits, or admits all. */
	answerKnock(knockId: KnockId | null, admitted: boolean): void {
		for (const id of knockId === null ? [...this.#waiting.keys()] : [knockId]) {
			const waiting = this.#waiting.get(id);
			if (!waiting) continue;
			this.#waiting.delete(id);
			if (!admitted) continue;
			this.#wanted++;
			this.#guests.set(waiting.guest.number, waiting.guest);
			this.server.tell('peer:joined', { peer: this.#peerInfo(waiting.guest) });
		}
		this.server.tell('knock:list', { knocks: this.#knocks });
	}

	/** Makes a guest host in place of the person. */
	handOver({ number }: Guest): void {
		this.change(number, { role: 'host' });
		this.#changeYou({ role: 'member' });
	}

	/** Changes a guest, and sends the facts about it. */
	change(number: number, change: Change): void {
		const before = this.#guests.get(number);
		if (!before) return;
		const guest = { ...before, ...change };
		this.#guests.set(number, guest);
		const peerId = peerOf(number);
		if (guest.connected !== before.connected)
			this.server.tell('peer:connection', { peerId, connected: guest.connected });
		this.server.tell('peer:updated', this.#state(guest));
		for (const producer of this.#producers(guest))
			this.server.tell('producer:updated', { peerId, producer });
		if (before.share && before.share !== guest.share)
			this.server.tell('producer:closed', { peerId, producerId: before.share });
		if (!guest.microphoneOn || !guest.connected)
			this.speak(this.#speaking.filter((other) => other !== number));
	}

	/** One guest shares at a time. */
	share(number: number, on: boolean): void {
		for (const { number: other, share } of this.guests)
			if (share && (!on || other !== number)) this.change(other, { share: null });
		if (on) this.change(number, { share: shareOf(number, ++this.#shares) });
	}

	/** The people who speak now. In a pause, the last speaker stays the active speaker. */
	speak(numbers: readonly number[]): void {
		const same = numbers.length === this.#speaking.length;
		if (same && numbers.every((number) => this.#speaking.includes(number))) return;
		this.#speaking = numbers;
		this.#active = numbers[0] ?? this.#active;
		this.server.tell('room:speakers', this.#speakers);
	}

	/** The person speaks, or does not any more. */
	hearYou(heard: boolean): void {
		const others = this.#speaking.filter((number) => number !== ownNumber);
		this.speak(heard ? [ownNumber, ...others] : others);
	}

	get speaking(): readonly number[] {
		return this.#speaking;
	}

	react(number: number, emoji: string): void {
		this.server.tell('peer:reacted', { peerId: peerOf(number), emoji });
	}

	setPolicy(policy: RoomPolicy): void {
		this.#info = { ...this.#info, policy };
		this.server.tell('room:policy', { policy });
	}

	/** Labels the person or a guest. */
	label(personId: PersonId, label: string | undefined): void {
		const { number } = partsOf(personId);
		if (number === ownNumber) this.#changeYou({ label });
		else this.change(number, { label });
	}

	setName(name: string | null): void {
		const { id } = this.#info;
		this.#info = { ...this.#info, title: name ?? id };
		this.server.tell('room:named', { roomId: id, name });
	}

	#changeYou(
		change: Partial<{ name: string; label: string | undefined; hand: number | null; role: Role }>,
	): Record<string, never> {
		this.#you = { ...this.#you, ...change };
		this.server.tell('peer:updated', this.#ownInfo());
		return {};
	}

	get #knocks(): Knock[] {
		return Array.from(this.#waiting, ([knockId, { guest, since }]) => {
			const { number } = guest;
			return { knockId, personId: personOf(number), name: guestName(number), since };
		});
	}

	get #speakers() {
		const active = this.#active === null ? null : peerOf(this.#active);
		return { speaking: this.#speaking.map(peerOf), active };
	}

	#ownInfo() {
		const ids = { peerId: peerOf(ownNumber), personId: personOf(ownNumber) };
		return { ...ids, ...this.#you, hostMuted: false };
	}

	#state({ number, role, label, hand, hostMuted }: Guest) {
		return { peerId: peerOf(number), name: guestName(number), role, label, hand, hostMuted };
	}

	#peerInfo(guest: Guest): PeerInfo {
		const { number, connected } = guest;
		const personId = personOf(number);
		return { ...this.#state(guest), personId, connected, producers: this.#producers(guest) };
	}

	#producers({ number, microphoneOn, cameraOn, share }: Guest): ProducerInfo[] {
		const picture = (source: MediaSource) => ({ source, ...pictureSize });
		return [
			{
				producerId: microphoneOf(number),
				source: 'microphone',
				...{ paused: !microphoneOn, width: 0, height: 0 },
			},
			{ producerId: cameraOf(number), paused: !cameraOn, ...picture('camera') },
			...(share ? [{ producerId: share, paused: false, ...picture('screen') }] : []),
		];
	}
}
