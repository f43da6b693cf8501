import { CodedError } from '#shared/errors.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { RtpCapabilities } from '#shared/rtp.ts';
import type { PeerMedia } from '../media/peerMedia.ts';
import type { Client } from './client.ts';
import type { Stated } from './floor.ts';
import { seatOf } from './handlers.ts';

/** Where a client sends and receives, in whatever way it meets others. */
export type Stage = {
	media: PeerMedia;
	/** Whether this client may come in, or is in. */
	mayComeIn(): boolean;
	/** What the client can receive. */
	learn(rtpCapabilities: RtpCapabilities): void;
	/** @throws {CodedError} NOT_ALLOWED for what it may not send here. */
	check(input: Stated): void;
	/** Takes back what was decided against while it was on its way. */
	enforce(): Promise<void>;
	want(wants: Parsed<'media:want'>['wants']): Promise<Data<'media:want'>>;
};

/** @throws {CodedError} WRONG_PHASE where a client meets others without media. */
export function stageOf(client: Client): Stage {
	if (client.place.phase !== 'match') {
		const seat = seatOf(client);
		const { live, media } = seat;
		return {
			media,
			mayComeIn: () => live.door.admissionOf(client.personId) === 'open',
			learn: (rtpCapabilities) => live.media.learn(media, rtpCapabilities),
			check: (input) => live.floor.check(seat, input),
			enforce: () => live.floor.enforce(seat),
			want: (wants) => live.media.want(media, wants),
		};
	}
	const { live } = client.place;
	if (!live.place) throw new CodedError('WRONG_PHASE');
	const { media } = live.place;
	return {
		media,
		mayComeIn: () => true,
		learn: (rtpCapabilities) => (media.consumers.rtpCapabilities = rtpCapabilities),
		check: (input) => live.check(input),
		enforce: () => Promise.resolve(),
		want: (wants) => live.want(wants),
	};
}
