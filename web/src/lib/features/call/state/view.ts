import type { FrameWatch } from '#lib/connection/serverConnection.ts';
import type { Knock, AdmissionState } from '#shared/admission.ts';
import type { Author } from '#shared/chat.ts';
import type { PolicyChange } from '#shared/host.ts';
import type { KnockId, PeerId, PersonId, RoomId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { Data } from '#shared/protocol.ts';
import type { RoomInfo } from '#shared/room.ts';
import type {
	AudioProcessing,
	ChoiceKind,
	Connection,
	DeviceChoices,
	DeviceLoss,
	DeviceProblem,
	DeviceState,
	HostAct,
	MediaPath,
	Own,
	Phase,
	Place,
	ShareMode,
	ShareState,
	TileSize,
	VideoMode,
} from '../engine/model.ts';
import type { ResumeRecord } from '../engine/session/resumeRecord.ts';
import type { Statistics } from '../engine/statistics/statisticsModel.ts';

/** Another person in the room, as the interface shows them. Properties are reactive. */
export interface PeerView {
	readonly peerId: PeerId;
	/** The person, however many tabs they joined from. */
	readonly personId: PersonId;
	readonly name: string;
	readonly role: Role;
	/** The label that hosts gave the member. */
	readonly label: string | undefined;
	/** Since when their hand is raised, in ms since 1970; null when it is not. */
	readonly hand: number | null;
	/** A host silenced their microphone. */
	readonly hostMuted: boolean;
	/** False while their connection is lost and may return. */
	readonly connected: boolean;
	readonly microphoneOn: boolean;
	readonly cameraOn: boolean;
	/** Whether they are heard now. */
	readonly speaking: boolean;
	/** Their picture; null when the camera is off or nothing is received yet. */
	readonly video: MediaStream | null;
	/** Their sound; to be played wherever their tile is, or when it is not shown at all. */
	readonly audio: MediaStream | null;
	/** The shared screen; null while the peer shares none. Its size is reported by `showShare`. */
	readonly share: MediaStream | null;
	/** The sound of the shared screen, to be played beside `audio` for as long as it is there. */
	readonly shareAudio: MediaStream | null;
}

/**
 * All that the pages of a room show and do. The rune class over the call engine implements it; the
 * components know nothing else of the engine. Properties are reactive.
 */
export interface CallView {
	readonly phase: Phase;
	readonly connection: Connection;
	readonly room: RoomInfo | null;
	/** How many people are in the room, known while in the lobby. */
	readonly present: number;
	readonly path: MediaPath;
	/** The person themselves, as the others know them. */
	readonly you: Own;
	/** How the person stands at the room's door; null outside of its lobby, or while it is not known. */
	readonly admissionState: AdmissionState | null;
	/** The people who knock, longest first; known to hosts, empty for others. */
	readonly knocks: readonly Knock[];
	/** The last action of a host on the person: another object each time, to be shown once. Null before the first. */
	readonly acted: HostAct | null;
	/** The reactions of the last seconds, the person's own included, oldest first. */
	readonly reactions: readonly ReactionView[];
	readonly microphone: DeviceState;
	readonly camera: DeviceState;
	/** The own camera for the preview and the self view; null when it is off. */
	readonly preview: MediaStream | null;
	/** Loudness of the own microphone, 0 to 1, while it is on. */
	readonly level: number;
	/** The others, longest present first. */
	readonly peers: readonly PeerView[];

	/** Whether the others hear the person now. */
	readonly speaking: boolean;
	/** Which of the others has the word: the last who did, for as long as they are there. */
	readonly activeSpeaker: PeerId | null;

	/** Turns the own microphone on or off, in the lobby and in the call. Never throws. */
	setMicrophone(on: boolean): Promise<void>;
	/** Turns the own camera on or off, in the lobby and in the call. Never throws. */
	setCamera(on: boolean): Promise<void>;
	/**
	 * From the lobby into the room: at once, with its password, or when a host lets the person in, as `admissionState`
	 * says. Failures show as phase or as a rejected CodedError.
	 */
	join(name: string, password?: string): Promise<void>;
	/** Waits for a host no longer. */
	stopWaiting(): void;
	/** Out of the room; the phase becomes `left`. */
	leave(): void;
	/** From `left` or `failed` back to the lobby. */
	reenter(): void;
	/** Tries at once to reach the server, instead of a little later. */
	retry(): void;
	/**
	 * Reports how large a peer's picture is now, on the page unless another place is given. Calls may come often: they are
	 * gathered.
	 */
	show(peerId: PeerId, size: TileSize, place?: Place): void;
	/**
	 * The data with which another tab continues the call in place of this one; null while that is not possible. Not
	 * reactive.
	 */
	readonly resumeRecord: ResumeRecord | null;
	/** Closes everything: devices, transports, the socket. */
	close(): void;

	/** Rejects with a CodedError. As the next two. */
	raiseHand(raised: boolean): Promise<void>;
	react(emoji: string): Promise<void>;
	rename(name: string): Promise<void>;
	/** The actions of hosts. */
	readonly host: HostView;

	readonly hearing: HearingView;
	readonly devices: DevicesView;

	/** Whether this browser can share its screen. Browsers of phones cannot. */
	readonly canShare: boolean;
	/** The person's own share. Its stream is the preview: the others get the same picture. */
	readonly share: ShareState;
	/**
	 * Lets the person pick what to share, with its sound; once more, to share something else in its place.
	 * To be called right from a click or a key. In the room only. Never throws: who picks nothing is `off`.
	 */
	startShare(mode?: ShareMode): Promise<void>;
	/** Whether the share is for reading, or for watching, from now on; remembered for the next one. */
	setShareMode(mode: ShareMode): Promise<void>;
	stopShare(): void;
	/** Reports how large a peer's share is now, 0 by 0 if it is not shown. As `show`. */
	showShare(peerId: PeerId, size: TileSize, place?: Place): void;

	/** How the call goes, once a second while it is watched; null while it is not, and at first. */
	readonly statistics: Statistics | null;
	/** Whose pictures and voices do not open; null in a room that is not encrypted. Not reactive. */
	readonly frames: FrameWatch | null;
	/** Begins to measure. Several callers may watch; the returned function ends it for this one. */
	watchStatistics(): () => void;
}

/** Who hears the person. Properties are reactive. */
export interface HearingView {
	/** Null while it is not known: at first, and while the connection is lost. */
	readonly now: Data<'media:hearing'> | null;
	/** Begins to ask the server, at once and every two seconds. The returned function ends it for this caller. */
	watch(): () => void;
}

/** A reaction, as long as it is shown. */
export type ReactionView = {
	readonly key: number;
	readonly peerId: PeerId;
	readonly emoji: string;
};

/** The actions of hosts. Each rejects with a CodedError: NOT_ALLOWED for a person who is no host. */
export interface HostView {
	changePolicy(change: PolicyChange): Promise<void>;
	/** Mutes a participant, or lets them unmute themselves. */
	mute(peerId: PeerId, muted: boolean): Promise<void>;
	/** Everybody but hosts. */
	muteAll(): Promise<void>;
	stopCamera(peerId: PeerId): Promise<void>;
	stopShare(peerId: PeerId): Promise<void>;
	lowerHand(peerId: PeerId): Promise<void>;
	/** Out of the call and the chat, until `allow`. */
	remove(personId: PersonId): Promise<void>;
	/** The people who were removed and not allowed again. */
	removed(): Promise<readonly Author[]>;
	allow(personId: PersonId): Promise<void>;
	/** Makes a participant a host, or takes the role back. */
	setHost(personId: PersonId, host: boolean): Promise<void>;
	/** Makes a participant a host in place of the person. */
	handOver(personId: PersonId): Promise<void>;
	/** Out of the call and to the waiting room, until a host admits them. */
	makeWait(personId: PersonId): Promise<void>;
	/** Sets the label of a member; null removes it. */
	setLabel(personId: PersonId, label: string | null): Promise<void>;
	/** Null removes the name. */
	nameRoom(roomId: RoomId, name: string | null): Promise<void>;
	admit(knockId: KnockId): Promise<void>;
	admitAll(): Promise<void>;
	decline(knockId: KnockId): Promise<void>;
	/** For everybody. */
	endCall(): Promise<void>;
	/** Whether it was this person who ended the call. */
	readonly ended: boolean;
}

/** The person's devices: which there are, which they chose, and what happens to them. Properties are reactive. */
export interface DevicesView extends DeviceChoices {
	/** A device that was lost: another object each time, to be shown once. Null before the first. */
	readonly lost: DeviceLoss | null;
	/** Whether the person has just been speaking while muted. Stays for a few seconds after the last word. */
	readonly speakingWhileMuted: boolean;
	/** Whether the microphone is on and the system, or a switch on the device, mutes it. */
	readonly systemMuted: boolean;
	/**
	 * The id for `setSinkId` of media elements, if `canChooseSpeaker`: the chosen speaker, or empty for the browser's own
	 * choice.
	 */
	readonly sinkId: string;

	/**
	 * Uses this device from now on, in the lobby and in the call, and remembers it; null leaves the choice to the browser.
	 * Never throws. Resolves with why the device cannot be used now, so that the one before stays in use.
	 */
	choose(kind: ChoiceKind, deviceId: string | null): Promise<DeviceProblem | null>;
	/** Changes to the camera that looks the other way, if `canSwitchCamera`. As `choose`. */
	switchCamera(): Promise<DeviceProblem | null>;
	/** Changes the processing of the voice, and remembers it. Never throws. */
	setProcessing(change: Partial<AudioProcessing>): Promise<void>;
	/** Whether `speakingWhileMuted` is wanted; remembered. If it is not, a muted microphone is not listened to. */
	setMutedHint(on: boolean): void;
	/** How much video is wanted: of the others, and of the person's camera. */
	readonly videoMode: VideoMode;
	/**
	 * Remembered. Without video the person's camera is off, and comes back if it was on before. Turning it on turns video
	 * on again.
	 */
	setVideoMode(mode: VideoMode): void;
	/** Plays two soft notes on the chosen speaker. To be called right from a click or a key. */
	playTestSound(): void;
}
