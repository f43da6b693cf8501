import * as ortc from 'mediasoup/ortc';
import type { RtpCapabilities as RouterCapabilities } from 'mediasoup/types';
import { CodedError } from '#shared/errors.ts';
import type { MediaKind, RtpParameters } from '#shared/rtp.ts';

const isRtx = ({ mimeType }: { mimeType: string }) => /\/rtx$/i.test(mimeType);

const hasTwins = (values: readonly unknown[]) => new Set(values).size < values.length;

/** The fault of the codecs, or null: there is one media codec, and at most one retransmission of it. */
function codecFault(kind: MediaKind, { codecs }: RtpParameters): string | null {
	// The engine does not compare the kind with the codecs: a video must not pass for audio.
	if (codecs.some(({ mimeType }) => !mimeType.startsWith(`${kind}/`)))
		return `a codec is not ${kind}`;
	const media = codecs.filter((codec) => !isRtx(codec));
	const rtx = codecs.filter(isRtx);
	const [codec] = media;
	if (!codec || media.length > 1) return 'there must be exactly one media codec';
	if (rtx.length > 1) return 'there are several codecs for retransmission';
	if (hasTwins(codecs.map(({ payloadType }) => payloadType))) return 'duplicated payload type';
	if (rtx.some(({ parameters }) => parameters?.['apt'] !== codec.payloadType))
		return 'the retransmission is of no codec here';
	return null;
}

/** The fault of the encodings, or null: each is of the media codec, and can be told from the others. */
function encodingFault(kind: MediaKind, { codecs, encodings = [], mid }: RtpParameters) {
	const payloadType = codecs.find((codec) => !isRtx(codec))?.payloadType;
	if (kind === 'audio' && encodings.length > 1) return 'a sound has one encoding';
	const [first] = encodings;
	for (const { codecPayloadType = payloadType, rtx, scalabilityMode } of encodings) {
		if (codecPayloadType !== payloadType) return 'an encoding is of no codec here';
		if (rtx && !codecs.some(isRtx)) return 'an encoding has a retransmission without its codec';
		// The engine applies the mode of one encoding to all.
		if (scalabilityMode !== first?.scalabilityMode) return 'the encodings have different modes';
	}
	return idFault(encodings, mid);
}

/** The fault of the ids by which packets are told apart, or null. */
function idFault(encodings: NonNullable<RtpParameters['encodings']>, mid?: string) {
	const ssrcs = encodings.flatMap(({ ssrc, rtx }) => [ssrc ?? [], rtx?.ssrc ?? []].flat());
	if (hasTwins(ssrcs)) return 'duplicated ssrc';
	const rids = encodings.flatMap(({ rid }) => rid ?? []);
	if (hasTwins(rids)) return 'duplicated rid';
	const named = encodings.filter(({ ssrc, rid }) => ssrc !== undefined || rid !== undefined);
	if (encodings.length > 1 && named.length < encodings.length)
		return 'an encoding has neither ssrc nor rid';
	return mid !== undefined || named.length > 0 ? null : 'there is neither mid nor ssrc nor rid';
}

function extensionFault({ headerExtensions = [] }: RtpParameters): string | null {
	if (hasTwins(headerExtensions.map(({ id }) => id))) return 'duplicated header extension id';
	if (hasTwins(headerExtensions.map(({ uri }) => uri))) return 'duplicated header extension';
	return null;
}

/** Runs the engine's own steps from producing to consuming. @throws what the engine throws. */
function tryOut(kind: MediaKind, rtpParameters: RtpParameters, capabilities: RouterCapabilities) {
	// The engine completes its input in place: it gets copies.
	const parameters = structuredClone(rtpParameters);
	ortc.validateAndNormalizeRtpParameters(parameters);
	const mapping = ortc.getProducerRtpParametersMapping(parameters, capabilities);
	const consumable = ortc.getConsumableRtpParameters(kind, parameters, capabilities, mapping);
	const consumed = ortc.getConsumerRtpParameters({
		consumableRtpParameters: consumable,
		remoteRtpCapabilities: structuredClone(capabilities),
		pipe: false,
		enableRtx: kind === 'video',
	});
	if (hasTwins(consumed.codecs.map(({ payloadType }) => payloadType)))
		throw new TypeError('duplicated payload type');
}

/**
 * Checks that every client that can receive the router's codecs could consume these tracks (MEDIA-15). The engine takes
 * producers of which it then refuses every consumer.
 *
 * @throws {CodedError} BAD_MEDIA, with the fault.
 */
export function checkDescription(
	kind: MediaKind,
	rtpParameters: RtpParameters,
	capabilities: RouterCapabilities,
): void {
	const fault =
		codecFault(kind, rtpParameters) ??
		encodingFault(kind, rtpParameters) ??
		extensionFault(rtpParameters);
	if (fault) throw badMedia(fault);
	try {
		tryOut(kind, rtpParameters, capabilities);
	} catch (error) {
		throw badMedia(error instanceof Error ? error.message : 'refused');
	}
}

/** BAD_MEDIA that names the fault. */
export const badMedia = (fault: string) =>
	new CodedError('BAD_MEDIA', `The media server refused this: ${fault.slice(0, 200)}`);
