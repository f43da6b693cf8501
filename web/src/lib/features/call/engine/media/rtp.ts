import type {
	Device,
	RtpCapabilities as EngineCapabilities,
	RtpParameters as EngineParameters,
} from 'mediasoup-client/types';
import type { RtpCapabilities, RtpParameters } from '#shared/rtp.ts';

/*
 * Between the wire and mediasoup-client. The shapes are the same; the library's types are looser in what it gives,
 * which the server checks, and name fewer header extensions in what it takes.
 */

/** The capabilities of this browser to receive, in the form that the server takes. */
export function receivable(device: Device): RtpCapabilities {
	return device.recvRtpCapabilities as RtpCapabilities;
}

export const toEngineCapabilities = (capabilities: RtpCapabilities): EngineCapabilities =>
	capabilities as EngineCapabilities;

export const toWireParameters = (parameters: EngineParameters): RtpParameters =>
	parameters as RtpParameters;

export const toEngineParameters = (parameters: RtpParameters): EngineParameters =>
	parameters as EngineParameters;
