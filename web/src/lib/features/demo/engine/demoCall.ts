import * as v from 'valibot';
import { roomId, type PeerId } from '#shared/ids.ts';
import type { CallEngine } from '#lib/features/call/engine/engine.ts';
import type {
	CallObserver,
	DeviceState,
	Place,
	ShareMode,
	TileSize,
} from '#lib/features/call/engine/model.ts';
import { OwnDevices } from '#lib/features/call/engine/devices/ownDevices.ts';
import { LocalPeer } from '#lib/features/call/engine/peers/localPeer.ts';
import { OwnShare } from '#lib/features/call/engine/devices/ownShare.ts';
import { RemotePeers } from '#lib/features/call/engine/peers/remotePeers.ts';
import { recallPreferences } from '#lib/preferences/preferences.ts';
import { SpeechDetector } from '#lib/features/call/engine/devices/speech.ts';
import { StatisticsOnDemand } from '#lib/features/call/engine/statistics/statisticsOnDemand.ts';
import { roomConsequences } from '#lib/connection/consequences.ts';
import { Machine } from '#lib/connection/machine.ts';
import type { Command } from '#lib/connection/state.ts';
import { serverError } from '#lib/connection/serverError.ts';
import { DemoChat } from './chat.ts';
import { ownNumber, peerOf } from './guests.ts';
import { hostHandlers } from './hosting.ts';
import { lineCount } from './lines.ts';
import { DemoServer } from './demoServer.ts';
import { Measures } from './measures.ts';
import { Play } from './play.ts';
import { Reception } from './reception.ts';
import { DemoRoom } from './room.ts';
import { Script } from './script.ts';
import type { DemoOptions } from './options.ts';

export const demoRoomId = v.parse(roomId, 'demo');
const ownPicture = 'own';

/**
 * A call with simulated people, within the page: nothing is asked of any server. The room and its chat answer
 * as a server does, and tell the same facts, so that all above is what real calls have.
 */
export class DemoCall implements CallEngine {
	readonly server = new DemoServer();
	readonly devices: OwnDevices;
	readonly own: LocalPeer;
	readonly share: OwnShare;
	readonly statistics: StatisticsOnDemand;
	/** A simulated call stays in its page. */
	readonly resumeRecord = null;
	readonly #observer: CallObserver;
	readonly #room: DemoRoom;
	readonly #chat: DemoChat;
	readonly #play: Play;
	readonly #reception: Reception;
	readonly #people: RemotePeers;
	readonly #measures: Measures;
	readonly #speech = new SpeechDetector();
	readonly #paused: boolean;
	readonly #name: string;
	readonly #machine: Machine;
	/** Whether a generated picture stands in for the own camera. */
	#standIn = false;

	/** @param options `title` is the name of the room, and `name` that of the person, if no name is remembered */
	constructor(observer: CallObserver, options: DemoOptions & { title: string; name: string }) {
		this.#observer = observer;
		this.#paused = options.paused;
		this.#name = options.name;
		const { server } = this;
		this.#room = new DemoRoom(server, demoRoomId, options.title);
		server.answer(hostHandlers(this.#room));
		this.#chat = new DemoChat(server, demoRoomId, this.#room);
		this.#play = new Play(new Script(options.seed, lineCount), this.#room, this.#chat);
		this.#reception = new Reception(server);
		const observed = {
			...observer,
			camera: (state: DeviceState) => this.#onCamera(state),
			preview: (stream: MediaStream | null) => this.#onPreview(stream),
			microphone: (state: DeviceState) => {
				if (state.kind !== 'on') this.#room.hearYou(false);
				observer.microphone(state);
			},
			level: (level: number) => {
				this.#room.hearYou(this.#speech.hears(level, performance.now()));
				observer.level(level);
			},
		} satisfies CallObserver;
		this.devices = new OwnDevices(observed, (mode) => this.#people.setVideoMode(mode));
		this.share = new OwnShare((state) => observer.share(state));
		this.#people = new RemotePeers(server.ask, observer);
		this.#people.setVideoMode(this.devices.videoMode);
		this.own = new LocalPeer(observer, {
			...{ devices: this.devices, share: this.share, ask: server.ask },
			renamed: () => undefined,
		});
		this.#measures = new Measures(() => this.#room.guests);
		this.statistics = new StatisticsOnDemand({
			measurable: () => this.#measures,
			sourceOf: (producerId) => this.#people.sourceOf(producerId),
			expected: (producerId) => this.#people.expected(producerId),
			tell: (statistics) => observer.statistics(statistics),
		});
		this.#machine = new Machine(roomConsequences, {
			status: (status) => observer.status(status),
			run: (command) => this.#run(command),
		});
		this.#people.listen(server);
		this.own.listen(server);
		server.on('room:ended', (error) =>
			this.#machine.send({ kind: 'room-ended', error: serverError(error) }),
		);
		this.#room.fill(options.people - 1);
	}

	/** Right into the room: a person who wants to look around need not say who they are. */
	enter(): void {
		this.#machine.send({ kind: 'enter', connected: true });
		void this.join(recallPreferences().name || this.#name);
	}

	async join(name: string): Promise<void> {
		this.#machine.send({ kind: 'join', number: 0, name });
	}

	stopWaiting(): void {
		// A simulated call never makes the person wait.
	}

	leave(): void {
		this.#machine.send({ kind: 'leave' });
	}

	async startShare(mode: ShareMode): Promise<void> {
		await this.share.start(mode);
	}

	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place): void {
		this.#people.show(source, peerId, size, place);
	}

	/** How many people there should be, with the person themselves. */
	setPeople(people: number): void {
		this.#room.fill(people - 1);
	}

	/** Whether the simulated people are heard. To be called right from a click or a key. */
	setSound(on: boolean): void {
		if (on) this.#reception.voices.start();
		else this.#reception.voices.stop();
		for (const { number } of this.#room.guests) this.#people.changed(peerOf(number));
	}

	/** Whether they do anything by themselves. */
	setPlaying(on: boolean): void {
		if (on) this.#play.start();
		else this.#play.stop();
	}

	/** Makes a guest share a screen, or ends the share. */
	setSharing(on: boolean): void {
		const sharing = this.#room.guests.find(({ share }) => share !== null);
		const guest = sharing ?? this.#room.guests[0];
		if (guest) this.#room.share(guest.number, on);
	}

	/** Makes the connection of one guest weak, or all good again. @returns whether one is weak now */
	setWeak(on: boolean): boolean {
		const [last] = this.#room.speaking.filter((number) => number !== ownNumber);
		const weak = on ? (last ?? this.#room.guests[0]?.number ?? null) : null;
		this.#measures.weak = weak;
		this.#reception.pictures.weaken(weak);
		return weak !== null;
	}

	close(): void {
		const { state } = this.#machine;
		if (state.kind === 'ended' && state.reason.kind === 'closed') return;
		this.leave();
		this.#machine.send({ kind: 'close' });
		this.statistics.close();
		this.#people.close();
		this.devices.close();
		this.#chat.close();
		this.#reception.close();
	}

	/** The room is within the page, so requests are answered at once. */
	#run(command: Command): void {
		const { turn } = this.#machine.state;
		switch (command.kind) {
			case 'enter':
				this.#machine.send({ kind: 'entered', turn, admission: 'open', kept: false, over: false });
				this.#machine.send({ kind: 'prepared', turn });
				return;
			case 'join':
				return void this.#join(turn, command.name);
			case 'tell-leave':
				return this.#machine.send({ kind: 'left', turn });
			case 'release':
				return this.#letGo();
			default:
		}
	}

	async #join(turn: number, name: string): Promise<void> {
		const answer = this.#room.join(name);
		this.own.onInside(answer);
		const page = this.#people.awaitList(answer.peers.length);
		this.#machine.send({ kind: 'answered', turn, token: null });
		await this.#people.accept(answer, this.#reception, page);
		if (!this.#machine.isCurrent(turn)) return;
		this.devices.selection.start();
		this.#cover(true);
		this.#observer.path({ kind: 'connected', protocol: 'udp' });
		this.#machine.send({ kind: 'settled', turn });
		if (!this.#paused) this.#play.start();
	}

	#letGo(): void {
		this.#play.stop();
		this.#people.clear();
		this.own.onOutside();
		this.share.release();
		this.devices.release();
		this.#cover(false);
	}

	/** A camera that is not there, or not allowed, is stood in for: there is something to see all the same. */
	#onCamera(state: DeviceState): void {
		if (state.kind === 'problem') return this.#cover(true);
		this.#standIn = false;
		this.#observer.camera(state);
	}

	#onPreview(stream: MediaStream | null): void {
		if (stream || !this.#standIn) this.#observer.preview(stream);
	}

	#cover(on: boolean): void {
		this.#standIn = on;
		const { pictures } = this.#reception;
		this.#observer.preview(on ? pictures.stream(ownPicture, 'person', ownNumber) : null);
		this.#observer.camera({ kind: on ? 'on' : 'off' });
		pictures.show(ownPicture, on ? { width: 640, height: 360 } : { width: 0, height: 0 });
	}
}
