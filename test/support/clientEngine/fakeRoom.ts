import type { Admission } from '../../../shared/admission.ts';
import {
	newPeerId,
	newPersonId,
	newProducerId,
	newResumeToken,
	newRoomId,
} from '../../../shared/ids.ts';
import { consumerId, type PeerId, type ResumeToken } from '../../../shared/ids.ts';
import type { ConsumerInfo } from '../../../shared/media.ts';
import type { Data } from '../../../shared/protocol.ts';
import type { PeerInfo, RoomInfo } from '../../../shared/room.ts';
import type { FakeServer } from './fakeServer.ts';
import * as v from 'valibot';

const codec = { mimeType: 'video/VP8', clockRate: 90_000 };

let transports = 0;
export const transportOptions = () => ({
	id: `transport ${++transports}`,
	iceParameters: { usernameFragment: 'u', password: 'p' },
	iceCandidates: [],
	dtlsParameters: {
		fingerprints: [{ algorithm: 'sha-256' as const, value: Array(32).fill('AB').join(':') }],
	},
});
export const routerRtpCapabilities = {
	codecs: [{ ...codec, kind: 'video' as const, preferredPayloadType: 101 }],
};

/** Somebody else, who sends a microphone and a camera. */
export function newPeer(name: string): PeerInfo {
	return {
		peerId: newPeerId(),
		personId: newPersonId(),
		name,
		role: 'member',
		hand: null,
		hostMuted: false,
		connected: true,
		producers: [
			{ producerId: newProducerId(), source: 'microphone', paused: false, width: 0, height: 0 },
			{ producerId: newProducerId(), source: 'camera', paused: false, width: 640, height: 360 },
		],
	};
}

/** Consumers of all that this peer sends. */
export const consumersOf = ({ peerId, producers }: Pick<PeerInfo, 'peerId' | 'producers'>) =>
	producers.map(({ producerId, source }): ConsumerInfo => {
		const kind = source === 'microphone' ? 'audio' : 'video';
		return {
			consumerId: v.parse(consumerId, newProducerId()),
			producerId,
			peerId,
			kind,
			rtpParameters: { codecs: [{ ...codec, payloadType: 101 }] },
		};
	});

/** A room of the scripted server. Answers what a room answers, until the test has it answered otherwise. */
export class FakeRoom {
	readonly id = newRoomId();
	readonly you = newPeer('');
	readonly peers: PeerInfo[] = [newPeer('Ben')];
	admission: Admission = 'open';
	kind: RoomInfo['kind'] = 'open';
	/** Whether the place of the page before is kept. */
	kept = false;
	/** Of the place that the client has. */
	token: ResumeToken | null = null;
	/** What a host did while the client was away. */
	cameraStopped = false;

	constructor(server: FakeServer) {
		server.answer({
			'lobby:enter': () => this.lobby,
			'lobby:prepare': () => ({ consumers: [], unavailable: [] }),
			'room:join': ({ name }) => this.join(name),
			'room:leave': () => ({}),
			'room:knock': () => ({ admission: this.admission, knock: 'waiting' }),
			'room:rename': () => ({}),
			'room:hand': () => ({}),
			'media:connect': () => ({}),
			'media:produce': () => ({}),
			'media:update': () => ({}),
			'media:close': () => ({}),
			'media:want': () => ({ consumers: [], unavailable: [] }),
			'media:resume': () => ({ unavailable: [] }),
			'media:keyframe': () => ({ unavailable: [] }),
			'media:loopback': () => ({ consumers: [], unavailable: [] }),
			'media:ice-servers': () => ({ iceServers: [] }),
			'media:restart-ice': () => ({
				iceParameters: { usernameFragment: 'u', password: 'p' },
				iceServers: [],
			}),
		});
	}

	get info(): RoomInfo {
		const policy = {
			...{ maxPeers: 10, locked: false, knocking: false, password: false },
			...{ sharing: 'everybody' as const, unmuting: 'everybody' as const },
			slowMode: 0 as const,
		};
		return { id: this.id, kind: this.kind, title: 'Room', policy };
	}

	get lobby(): Data<'lobby:enter'> {
		return {
			personId: this.you.personId,
			room: this.info,
			admission: this.admission,
			kept: this.kept,
			present: this.peers.length,
			routerRtpCapabilities,
			videoCodec: 'vp8',
			iceServers: [],
			sendTransport: transportOptions(),
			recvTransport: transportOptions(),
		};
	}

	join(name: string): Data<'room:join'> {
		this.token = newResumeToken();
		return {
			room: this.info,
			you: {
				...{ ...this.you, name, producers: [] },
				...{ cameraStopped: this.cameraStopped, resumeToken: this.token },
			},
			peers: this.peers,
			consumers: this.peers.flatMap(consumersOf),
			unavailable: [],
			knocks: [],
			speakers: { speaking: [], active: null as PeerId | null },
			videoCodec: 'vp8',
		};
	}
}
