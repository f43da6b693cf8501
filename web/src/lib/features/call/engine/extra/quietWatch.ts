/** Between two looks, in ms. */
const pace = 250;
/** After so long without a packet the path is taken to be lost, in ms. Who is silent sends one every 400 ms. */
const patience = 1000;

/** When something came by this receiver last, in ms of the browser's clock; 0: never. */
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
	const timer = setInterval(() => {
		const now = performance.now();
		const before = newest;
		newest = Math.max(0, ...receivers().map(newestOf));
		if (newest === 0) seen = null;
		else if (newest !== before) seen = now;
		else if (seen !== null && now - seen >= patience) {
			seen = null;
			onQuiet();
		}
	}, pace);
	return () => clearInterval(timer);
}
