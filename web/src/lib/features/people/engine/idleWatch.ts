/** After the page was hidden for so long, or untouched for so long, in ms, the person counts as away. */
const hiddenFor = 2 * 60_000;
const untouchedFor = 10 * 60_000;

/**
 * Reports whether the person is away from the page, at each change. At first they are not.
 *
 * @returns what ends the reports
 */
export function watchIdle(tell: (idle: boolean) => void): () => void {
	let idle = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function set(now: boolean): void {
		if (idle === now) return;
		idle = now;
		tell(now);
	}

	function seen(): void {
		clearTimeout(timer);
		if (document.hidden) {
			timer = setTimeout(() => set(true), hiddenFor);
			return;
		}
		set(false);
		timer = setTimeout(() => set(true), untouchedFor);
	}

	const touches = ['pointerdown', 'keydown', 'wheel'] as const;
	for (const touch of touches) window.addEventListener(touch, seen, { passive: true });
	document.addEventListener('visibilitychange', seen);
	seen();
	return () => {
		clearTimeout(timer);
		for (const touch of touches) window.removeEventListener(touch, seen);
		document.removeEventListener('visibilitychange', seen);
	};
}
