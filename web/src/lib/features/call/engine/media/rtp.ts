import * as v from 'valibot';
import type {
	Device,
	RtpCapabilities as EngineCapabilities,
	RtpParameters as EngineParameters,
} from 'mediasoup-client/types';
import { rtpCapabilities, type RtpCapabilities, type RtpParameters } from '#shared/rtp.ts';

/*
 * Between the wire and mediasoup-client. The shapes are the same; the library's types are looser in what
 * it gives, which is therefore parsed, and name fewer header extensions in what it takes.
 */

/** What this browser can receive, as the server takes it. */
export function receivable(device: Device): RtpCapabilities {
	return v.parse(rtpCapabilities, device.recvRtpCapabilities);
}

export const toEngineCapabilities = (capabilities: RtpCapabilities): EngineCapabilities =>
	capabilities as EngineCapabilities;

export const toEngineParameters = (parameters: RtpParameters): EngineParameters =>
	parameters as EngineParameters;
