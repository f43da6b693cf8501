import type { Knock } from '#shared/admission.ts';
import type { PeerId, PersonId } from '#shared/ids.ts';
import type { Role } from '#shared/members.ts';
import type { FactOf } from '#shared/protocol.ts';
import type { RoomInfo } from '#shared/room.ts';
import type { CallStatus } from '#lib/connection/status.ts';
import type { Statistics } from './statistics/statisticsModel.ts';

export type { Connection } from '#lib/connection/state.ts';
export type { CallStatus, Phase } from '#lib/connection/status.ts';

/** What the lobby has found out about the media path. */
export type MediaPath =
	| { kind: 'checking' }
	| { kind: 'connected'; protocol: 'udp' | 'tcp' }
	/** No media came back. Address and port are those that the browser was given. */
	| { kind: 'unreachable'; address: string; port: number };

/** Why a microphone or camera that the person wants on is not on. */
export type DeviceProblem =
	/** The person or the browser's settings said no. */
	| 'refused'
	/** The person allows it, and the settings of the system do not allow it to the browser. */
	| 'system'
	/** Not set */
	| 'absent'
	/** Another program holds it, or it failed to start. */
	| 'busy'
	/** The page is not secure, so the browser offers no devices. */
	| 'insecure';

/** The state of one of the person's own devices. */
export type DeviceState =
	| { kind: 'off' }
	| { kind: 'starting' }
	| { kind: 'on' }
	| { kind: 'problem'; problem: DeviceProblem };

/** How large a peer's video is shown, in device pixels. 0 by 0: not visible now. */
export type TileSize = { width: number; height: number };

/** Where a picture is shown: on the page, or in a window of its own that stays while the page is hidden. */
export type Place = 'page' | 'window';

/** How much video a person wants, on this device: all, small pictures only, or none in either direction. */
export type VideoMode = 'full' | 'save' | 'audio';

/** Another person in the room, as the engine knows them at one moment. */
export type RemotePeer = {
	peerId: PeerId;
	personId: PersonId;
	name: string;
	role: Role;
	/** The label that hosts gave the member, if any. */
	label?: string | undefined;
	/** Since when the hand is raised, in ms since 1970; null when it is not. */
	hand: number | null;
	/** A host silenced the microphone. */
	hostMuted: boolean;
	/** False while their connection is lost and may return. */
	connected: boolean;
	microphoneOn: boolean;
	cameraOn: boolean;
	/** The same object for as long as it holds the same track. */
	video: MediaStream | null;
	audio: MediaStream | null;
	/** The shared screen and its sound. The sound is apart from the voice, which it must not delay. */
	share: MediaStream | null;
	shareAudio: MediaStream | null;
};

/** The own peer, as the others see it. */
export type Own = {
	name: string;
	/** Null until the server has said who they are. */
	personId: PersonId | null;
	/** The person's state in the room; null outside of it. */
	inside: {
		peerId: PeerId;
		role: Role;
		label?: string | undefined;
		hand: number | null;
		hostMuted: boolean;
	} | null;
};

/** The action of a host on the person's own peer, and which host it was. */
export type HostAct = Pick<FactOf<'host:acted'>, 'by' | 'action'>;
export type HostAction = HostAct['action'];

/** Who speaks now. */
export type Speaking = {
	you: boolean;
	/** Others. */
	peers: ReadonlySet<PeerId>;
	/** The remote peer who speaks, or spoke last; null for none, or if it is the own peer. */
	active: PeerId | null;
};

/** Hears of each change in the engine. */
export interface CallObserver {
	status(status: CallStatus): void;
	room(room: RoomInfo): void;
	present(present: number): void;
	path(path: MediaPath): void;
	own(own: Own): void;
	/** The people who have knocked. Only hosts are told. */
	knocks(knocks: readonly Knock[]): void;
	acted(act: HostAct): void;
	/** A peer, or the own one, reacted. */
	reacted(peerId: PeerId, emoji: string): void;
	microphone(state: DeviceState): void;
	camera(state: DeviceState): void;
	preview(stream: MediaStream | null): void;
	level(level: number): void;
	/** A peer joined or left. All peers, the longest present first. */
	peers(peers: readonly RemotePeer[]): void;
	/** A property of this peer changed. */
	peer(peer: RemotePeer): void;
	speaking(speaking: Speaking): void;
	devices(choices: DeviceChoices): void;
	/** A device went away without the person's doing. */
	deviceLost(loss: DeviceLoss): void;
	videoMode(mode: VideoMode): void;
	speakingWhileMuted(speaking: boolean): void;
	/** The microphone is on, and the system mutes it, or does so no longer. */
	systemMuted(muted: boolean): void;
	share(share: ShareState): void;
	/** Reported while statistics are watched; null when they are no longer. */
	statistics(statistics: Statistics | null): void;
}

/** The kinds of devices that a person can choose. */
export type ChoiceKind = 'microphone' | 'camera' | 'speaker';

/** A device that can be chosen. */
export type DeviceOption = { deviceId: string; label: string };

/** The devices of one kind. */
export type DeviceMenu = {
	/** All there are; none as long as the person allowed none of the kind, for browsers hide them till then. */
	options: readonly DeviceOption[];
	/** The device that the person chose, even if it is absent; null if they leave it to the browser. */
	chosen: string | null;
	/** The device in use: the chosen one or its replacement. Null when none is; for speakers, the browser's own. */
	active: string | null;
};

/** The processing of the voice before it is sent. */
export type AudioProcessing = {
	echoCancellation: boolean;
	noiseSuppression: boolean;
	autoGainControl: boolean;
	/** Instead of the browser's noise suppression one that finds voices by a trained network, in the page. */
	strongSuppression: boolean;
	/** No processing at all, and stereo at a higher bitrate, for music. */
	musicMode: boolean;
};

/** The devices that exist, and which of them the person chose. */
export type DeviceChoices = Record<ChoiceKind, DeviceMenu> & {
	/** Whether this browser lets a page choose where its sound is played. */
	canChooseSpeaker: boolean;
	/** Whether there is a camera that looks the other way. Known while a camera is on. */
	canSwitchCamera: boolean;
	processing: AudioProcessing;
	/** The stronger noise suppression was wanted and did not start; the browser's stands in for it. */
	suppressionFailed: boolean;
	/** Whether the person wants a notice when they speak while they are muted. */
	mutedHint: boolean;
};

/** A device that was lost, and its replacement, if any. Both by label. */
export type DeviceLoss = { kind: ChoiceKind; from: string; to: string | null };

/** The purpose of a share: `text` is sharp at few pictures a second, `motion` is for watching. */
export type ShareMode = 'text' | 'motion';

/** Why a share that the person wanted did not come about. */
export type ShareProblem =
	/** The system or the browser's settings said no. */
	| 'refused'
	/** The picked screen could not be captured. */
	| 'failed'
	/** The server refused the share. */
	| 'declined';

/** The own share. */
export type ShareState =
	| { kind: 'off' }
	/** The person picks what to share. */
	| { kind: 'starting' }
	/** The same stream for as long as the same picture is shared. */
	| { kind: 'on'; stream: MediaStream; mode: ShareMode }
	| { kind: 'problem'; problem: Exclude<ShareProblem, 'declined'> }
	/** In the server's words. */
	| { kind: 'problem'; problem: 'declined'; message: string };
