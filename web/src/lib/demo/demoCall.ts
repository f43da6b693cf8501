import * as v from 'valibot';
import { roomId, type PeerId } from '#shared/ids.ts';
import type { CallEngine } from '../call/engine.ts';
import type { CallObserver, DeviceState, Place, ShareMode, TileSize } from '../call/model.ts';
import { OwnDevices } from '../call/ownDevices.ts';
import { OwnPeer } from '../call/ownPeer.ts';
import { OwnShare } from '../call/ownShare.ts';
import { People } from '../call/people.ts';
import { recallPreferences } from '../call/preferences.ts';
import { SpeechDetector } from '../call/speech.ts';
import { StatisticsWatch } from '../call/statistics.ts';
import { DemoChat } from './chat.ts';
import { ownNumber, peerOf } from './guests.ts';
import { lineCount } from './lines.ts';
import { DemoLink } from './link.ts';
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
	readonly link = new DemoLink();
	readonly devices: OwnDevices;
	readonly own: OwnPeer;
	readonly share: OwnShare;
	readonly statistics: StatisticsWatch;
	readonly #observer: CallObserver;
	readonly #room: DemoRoom;
	readonly #chat: DemoChat;
	readonly #play: Play;
	readonly #reception: Reception;
	readonly #people: People;
	readonly #measures: Measures;
	readonly #speech = new SpeechDetector();
	readonly #paused: boolean;
	readonly #name: string;
	/** Whether a generated picture stands in for the own camera. */
	#standIn = false;
	#closed = false;

	/** @param options `title` names the room, and `name` oneself, where no name is remembered. */
	constructor(observer: CallObserver, options: DemoOptions & { title: string; name: string }) {
		this.#observer = observer;
		this.#paused = options.paused;
		this.#name = options.name;
		const { link } = this;
		this.#room = new DemoRoom(link, demoRoomId, options.title);
		this.#chat = new DemoChat(link, demoRoomId, this.#room);
		this.#play = new Play(new Script(options.seed, lineCount), this.#room, this.#chat);
		this.#reception = new Reception(link);
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
		this.#people = new People(link.ask, observer);
		this.#people.setVideoMode(this.devices.videoMode);
		this.own = new OwnPeer(observer, {
			...{ devices: this.devices, share: this.share, ask: link.ask },
			renamed: () => undefined,
		});
		this.#measures = new Measures(() => this.#room.guests);
		this.statistics = new StatisticsWatch({
			measurable: () => this.#measures,
			sourceOf: (producerId) => this.#people.sourceOf(producerId),
			expected: (producerId) => this.#people.expected(producerId),
			tell: (statistics) => observer.statistics(statistics),
		});
		this.#people.listen(link);
		this.own.listen(link);
		link.on('room:ended', ({ code, message }) => {
			this.#letGo();
			observer.phase({ kind: 'failed', code, message, again: true });
		});
		this.#room.fill(options.people - 1);
	}

	/** Right into the room: whoever wants to look around need not say who they are. */
	enter(): void {
		if (this.#closed) return;
		const name = recallPreferences().name || this.#name;
		void this.#enter(name);
	}

	join(name: string): Promise<void> {
		return this.#enter(name);
	}

	stopWaiting(): void {
		// Nobody waits here.
	}

	leave(): void {
		this.#letGo();
		this.#observer.phase({ kind: 'left' });
	}

	async startShare(mode: ShareMode): Promise<void> {
		await this.share.start(mode);
	}

	show(source: 'camera' | 'screen', peerId: PeerId, size: TileSize, place: Place): void {
		this.#people.show(source, peerId, size, place);
	}

	/** How many people there should be, oneself included. */
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

	/** Lets one of them share a screen, or ends what they share. */
	setSharing(on: boolean): void {
		const sharing = this.#room.guests.find(({ share }) => share !== null);
		const guest = sharing ?? this.#room.guests[0];
		if (guest) this.#room.share(guest.number, on);
	}

	/** Makes the line of one of them weak, or all good again. @returns whether one is weak now. */
	setWeak(on: boolean): boolean {
		const [last] = this.#room.speaking.filter((number) => number !== ownNumber);
		const weak = on ? (last ?? this.#room.guests[0]?.number ?? null) : null;
		this.#measures.weak = weak;
		this.#reception.pictures.weaken(weak);
		return weak !== null;
	}

	close(): void {
		if (this.#closed) return;
		this.leave();
		this.#closed = true;
		this.statistics.close();
		this.#people.close();
		this.devices.close();
		this.#chat.close();
		this.#reception.close();
	}

	async #enter(name: string): Promise<void> {
		const answer = this.#room.join(name);
		this.own.onInside(answer);
		const page = this.#people.awaitList(answer.peers.length);
		await this.#people.accept(answer, this.#reception, page);
		if (this.#closed) return;
		this.devices.choosing.start();
		this.#cover(true);
		this.#observer.connection('connected');
		this.#observer.path({ kind: 'connected', protocol: 'udp' });
		this.#observer.phase({ kind: 'joined' });
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
