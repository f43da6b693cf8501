/** The exit codes of the tool. */
export const exits = {
	/** All bots were inside, and received what they should. */
	complete: 0,
	/** Some bot did not get in, or missed something. */
	incomplete: 1,
	/** The tool was asked wrongly. */
	usage: 2,
	/** Nobody answers there, or no Parley service. */
	unreachable: 3,
	/** The service did not answer any more in the middle of it. */
	gone: 4,
	/** The service took no more people. */
	full: 5,
	/** The certificate of the service is not trusted. */
	untrusted: 6,
	/** WebRTC for Node is not there, or has no binary for this machine. */
	noWebRtc: 7,
	/** There is no Chromium for the probe, and none can be had. */
	noBrowser: 8,
	/** There is no openssl, which shakes hands for bots in bulk. */
	noOpenssl: 9,
	/** Ctrl+C, as shells count it. */
	interrupted: 130,
} as const;
export type Exit = keyof typeof exits;

/** Why the tool ends, in one sentence for the person, with its exit code. */
export class Ended extends Error {
	readonly exit: Exit;

	constructor(exit: Exit, sentence: string) {
		super(sentence);
		this.exit = exit;
	}
}
