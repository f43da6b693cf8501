import type { Knock, AdmissionState } from '#shared/admission.ts';
import type { PeerId } from '#shared/ids.ts';
import type { RoomInfo } from '#shared/room.ts';
import type { CallEngine, MakeEngine } from '../engine/engine.ts';
import type {
	CallObserver,
	CallStatus,
	Connection,
	DeviceState,
	HostAct,
	MediaPath,
	Own,
	Phase,
	Place,
	RemotePeer,
	ShareMode,
	ShareState,
	Speaking,
	TileSize,
} from '../engine/model.ts';
import { recallPreferences, rememberPreferences } from '#lib/preferences/preferences.ts';
import { canShareScreen } from '../engine/devices/screenPicker.ts';
import type { ResumeRecord } from '../engine/session/resumeRecord.ts';
import type { Statistics } from '../engine/statistics/statisticsModel.ts';
import type { ServerConnection } from '#lib/connection/serverConnection.ts';
import { statusAtFirst } from '#lib/connection/status.ts';
import { DevicesState } from './devices.svelte.ts';
import { HearingState } from './hearing.svelte.ts';
import { HostState } from './hostState.ts';
import { PeerState } from './peerState.svelte.ts';
import { Reactions } from './reactions.svelte.ts';
import type { CallView, ReactionView } from './view.ts';

/** A call's engine as reactive state. Goes to the lobby when it is made; needs a browser. */
export class CallState implements CallView {
	readonly #call: CallEngine;
	#peersById = new Map<PeerId, PeerState>();
	#status = $state.raw<CallStatus>(statusAtFirst);
	#room = $state.raw<RoomInfo | null>(null);
	#present = $state(0);
	#path = $state.raw<MediaPath>({ kind: 'checking' });
	#you = $state.raw<Own>({ name: '', personId: null, inside: null });
	#knocks = $state.raw<readonly Knock[]>([]);
	#acted = $state.raw<HostAct | null>(null);
	readonly #reactions = new Reactions();
	#microphone = $state.raw<DeviceState>({ kind: 'off' });
	#camera = $state.raw<DeviceState>({ kind: 'off' });
	#preview = $state.raw<MediaStream | null>(null);
	#level = $state(0);
	#peers = $state.raw<readonly PeerState[]>([]);
	#speaking = $state(false);
	#activeSpeaker = $state<PeerId | null>(null);
	#share = $state.raw<ShareState>({ kind: 'off' });
	#statistics = $state.raw<Statistics | null>(null);
	readonly #devices: DevicesState;
	readonly canShare = canShareScreen();
	readonly host = new HostState(() => this.#call.server.ask);
	readonly hearing = new HearingState(() => this.#call.server.ask);

	constructor(make: MakeEngine) {
		this.#devices = new DevicesState(() => this.#call.devices);
		this.#call = make(this.#observer());
		this.#call.enter();
	}

	get phase(): Phase {
		return this.#status.phase;
	}
	get connection(): Connection {
		return this.#status.connection;
	}
	get room(): RoomInfo | null {
		return this.#room;
	}
	get present(): number {
		return this.#present;
	}
	get path(): MediaPath {
		return this.#path;
	}
	get you(): Own {
		return this.#you;
	}
	get admissionState(): AdmissionState | null {
		return this.#status.admissionState;
	}
	get knocks(): readonly Knock[] {
		return this.#knocks;
	}
	get acted(): HostAct | null {
		return this.#acted;
	}
	get reactions(): readonly ReactionView[] {
		return this.#reactions.shown;
	}
	get microphone(): DeviceState {
		return this.#microphone;
	}
	get camera(): DeviceState {
		return this.#camera;
	}
	get preview(): MediaStream | null {
		return this.#preview;
	}
	get level(): number {
		return this.#level;
	}
	get peers(): readonly PeerState[] {
		return this.#peers;
	}
	get speaking(): boolean {
		return this.#speaking;
	}
	get activeSpeaker(): PeerId | null {
		return this.#activeSpeaker;
	}
	get devices(): DevicesState {
		return this.#devices;
	}
	get share(): ShareState {
		return this.#share;
	}
	get statistics(): Statistics | null {
		return this.#statistics;
	}
	get resumeRecord(): ResumeRecord | null {
		return this.#call.resumeRecord;
	}
	/** The connection, for the chat beside the call. */
	get frames() {
		return this.server.border?.frames ?? null;
	}
	get server(): ServerConnection {
		return this.#call.server;
	}

	setMicrophone(on: boolean): Promise<void> {
		return this.#call.devices.set('microphone', on);
	}

	setCamera(on: boolean): Promise<void> {
		return this.#call.devices.set('camera', on);
	}

	join(name: string, password?: string): Promise<void> {
		return this.#call.join(name, password);
	}

	stopWaiting(): void {
		this.#call.stopWaiting();
	}

	raiseHand(raised: boolean): Promise<void> {
		return this.#call.own.raiseHand(raised);
	}

	react(emoji: string): Promise<void> {
		return this.#call.own.react(emoji);
	}

	rename(name: string): Promise<void> {
		return this.#call.own.rename(name);
	}

	leave(): void {
		this.#call.leave();
	}

	reenter(): void {
		this.host.ended = false;
		this.#call.enter();
	}

	retry(): void {
		// The code of the connection is loaded by now. A connection that fails again is reported as such.
		void this.#call.server.open().catch(() => undefined);
	}

	show(peerId: PeerId, size: TileSize, place: Place = 'page'): void {
		this.#call.show('camera', peerId, size, place);
	}

	showShare(peerId: PeerId, size: TileSize, place: Place = 'page'): void {
		this.#call.show('screen', peerId, size, place);
	}

	startShare(mode: ShareMode = recallPreferences().shareMode): Promise<void> {
		return this.#call.startShare(mode);
	}

	setShareMode(mode: ShareMode): Promise<void> {
		rememberPreferences({ shareMode: mode });
		return this.#call.share.setMode(mode);
	}

	stopShare(): void {
		this.#call.share.stop();
	}

	watchStatistics(): () => void {
		return this.#call.statistics.watch();
	}

	close(): void {
		this.hearing.close();
		this.#reactions.close();
		this.#call.close();
	}

	#observer(): CallObserver {
		return {
			status: (status) => (this.#status = status),
			room: (room) => (this.#room = room),
			present: (present) => (this.#present = present),
			path: (path) => (this.#path = path),
			own: (own) => (this.#you = own),
			knocks: (knocks) => (this.#knocks = knocks),
			acted: (act) => (this.#acted = act),
			reacted: (peerId, emoji) => this.#reactions.add(peerId, emoji),
			microphone: (state) => (this.#microphone = state),
			camera: (state) => (this.#camera = state),
			preview: (stream) => (this.#preview = stream),
			level: (level) => (this.#level = level),
			peers: (peers) => this.#setPeers(peers),
			peer: (peer) => this.#peersById.get(peer.peerId)?.update(peer),
			speaking: (speaking) => this.#setSpeaking(speaking),
			devices: (choices) => this.#devices.update(choices),
			videoMode: (mode) => this.#devices.onVideoMode(mode),
			deviceLost: (loss) => this.#devices.onLost(loss),
			speakingWhileMuted: (speaking) => this.#devices.onSpeakingWhileMuted(speaking),
			systemMuted: (muted) => this.#devices.onSystemMuted(muted),
			share: (share) => (this.#share = share),
			statistics: (statistics) => (this.#statistics = statistics),
		};
	}

	/** A peer that stays keeps its object, so that its tile stays, too. */
	#setPeers(peers: readonly RemotePeer[]): void {
		const states = peers.map((peer) => {
			const known = this.#peersById.get(peer.peerId);
			known?.update(peer);
			return known ?? new PeerState(peer);
		});
		this.#peersById = new Map(states.map((state) => [state.peerId, state]));
		this.#peers = states;
		if (this.#activeSpeaker && !this.#peersById.has(this.#activeSpeaker))
			this.#activeSpeaker = null;
	}

	/** While the person speaks, or nobody does, the last active speaker keeps their place. */
	#setSpeaking({ you, peers, active }: Speaking): void {
		this.#speaking = you;
		for (const peer of this.#peers) peer.setSpeaking(peers.has(peer.peerId));
		if (active && this.#peersById.has(active)) this.#activeSpeaker = active;
	}
}
