import type { DtlsParameters, ProducerOptions, TransportOptions } from 'mediasoup-client/types';

/** What both ends understand, each by types of its own. */
type Described = object;

/** What the bare page asks of the bare server. Each request is answered. */
export type BareRequests = {
	capabilities: (given: object, answer: (capabilities: Described) => void) => void;
	transport: (given: { direction: Direction }, answer: (options: TransportOptions) => void) => void;
	'connect-transport': (
		given: { direction: Direction; dtlsParameters: DtlsParameters },
		answer: (nothing: object) => void,
	) => void;
	produce: (
		given: Pick<ProducerOptions, 'appData'> & { kind: 'audio' | 'video'; rtpParameters: Described },
		answer: (produced: { id: string }) => void,
	) => void;
	/** Consumes all that others send. The consumers are paused. */
	consume: (
		given: { rtpCapabilities: Described },
		answer: (consumers: Described[]) => void,
	) => void;
	resume: (given: object, answer: (nothing: object) => void) => void;
};

export type Direction = 'send' | 'recv';
