/** Nobody looks at a page that was hidden for so long, or that nobody touched for so long, in ms. */
const hiddenFor = 2 * 60_000;
const untouchedFor = 10 * 60_000;

/**
 * Tells whether anybody looks at the page, whenever that changes. At first somebody does.
 *
 * @returns what ends it.
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
