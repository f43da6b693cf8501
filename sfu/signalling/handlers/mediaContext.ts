import { CodedError } from '#shared/errors.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import type { PeerMedia } from '../../media/peer/peerMedia.ts';
import type { Client } from '../client/client.ts';
import { MatchPeer } from '../match/matchPeer.ts';
import type { ProducerState } from '../room/mediaPermissions.ts';
import { placeOf } from './handlers.ts';

/** Where a client sends and receives, in a room or in a pairing pool. */
export type MediaContext = {
	media: PeerMedia;
	/** Whether this client may join, or has joined. */
	mayComeIn(): boolean;
	/** What the client can receive. */
	setRtpCapabilities(rtpCapabilities: RtpCapabilities): void;
	/** @throws {CodedError} NOT_ALLOWED for what it may not send here. */
	check(input: ProducerState): void;
	/** Applies decisions of hosts that were made while the request ran. */
	enforce(): Promise<void>;
	want(wants: Parsed<'media:want'>['wants']): Promise<Data<'media:want'>>;
};

/** @throws {CodedError} WRONG_PHASE for a client that meets strangers without media. */
export function mediaContextOf(client: Client): MediaContext {
	const { place } = client;
	if (!(place instanceof MatchPeer)) {
		const peerSession = placeOf(client);
		const { live, media } = peerSession;
		return {
			media,
			mayComeIn: () => live.roomAdmission.admissionOf(client.personId) === 'open',
			setRtpCapabilities: (rtpCapabilities) =>
				live.media.setRtpCapabilities(media, rtpCapabilities),
			check: (input) => live.mediaPermissions.check(peerSession, input),
			enforce: () => live.mediaPermissions.enforce(peerSession),
			want: (wants) => live.media.want(media, wants),
		};
	}
	if (!place.place) throw new CodedError('WRONG_PHASE');
	const { media, router } = place.place;
	return {
		media,
		mayComeIn: () => true,
		setRtpCapabilities: (rtpCapabilities) => router.setRtpCapabilities(media, rtpCapabilities),
		check: (input) => place.check(input),
		enforce: () => Promise.resolve(),
		want: (wants) => place.want(wants),
	};
}
