/**
 * Keeps the screen on while the page is seen, where the browser can.
 *
 * @returns what ends that.
 */
export function keepScreenOn(): () => void {
	let lock: WakeLockSentinel | null = null;
	let over = false;
	const release = () => void lock?.release();

	async function take(): Promise<void> {
		// The browser gives a lock back itself when the page is hidden.
		if (document.visibilityState !== 'visible') return;
		try {
			const taken = await navigator.wakeLock.request('screen');
			release();
			lock = taken;
			if (over) release();
		} catch {
			// A browser without such locks, or one that saves its battery: the screen goes off as it always does.
		}
	}

	const onVisibility = () => void take();
	document.addEventListener('visibilitychange', onVisibility);
	onVisibility();
	return () => {
		over = true;
		document.removeEventListener('visibilitychange', onVisibility);
		release();
	};
}
