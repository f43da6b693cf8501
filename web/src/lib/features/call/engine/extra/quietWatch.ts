/** Between two looks, in ms. */
const pace = 250;
/** After so long without a packet the path is taken to be lost, in ms. Who is silent sends one every 400 ms. */
const timeout = 1000;

/** When something came by this receiver last, in ms of the browser's clock; 0: never. The question takes about 1 ms of the page. */
const newestOf = (receiver: RTCRtpReceiver): number =>
	Math.max(0, ...receiver.getSynchronizationSources().map(({ timestamp }) => timestamp));

/**
 * Notices that nothing is received any more of those who send: browsers take six seconds, and say nothing at all of a network
 * that was changed.
 *
 * @param receivers of all that should come now.
 * @param onQuiet is called once each time.
 * @returns what ends it.
 */
export function watchQuiet(receivers: () => RTCRtpReceiver[], onQuiet: () => void): () => void {
	let newest = 0;
	/** When that was seen, in ms; null: nothing came since it was told, or at all. */
	let seen: number | null = null;
	/** By which something came last. It is asked first, and mostly alone. */
	let receiving: RTCRtpReceiver | undefined;
	const look = () => {
		const now = performance.now();
		let hasReceived = false;
		const firstOne = (one: RTCRtpReceiver) => (one === receiving ? 0 : 1);
		for (const receiver of receivers().toSorted((one, other) => firstOne(one) - firstOne(other))) {
			const time = newestOf(receiver);
			if (time > newest) {
				[newest, seen, receiving] = [time, now, receiver];
				return;
			}
			hasReceived ||= time > 0;
		}
		if (!hasReceived) [newest, seen] = [0, null];
		else if (seen !== null && now - seen >= timeout) {
			seen = null;
			onQuiet();
		}
	};
	const timer = setInterval(look, pace);
	return () => clearInterval(timer);
}
