import type { Attachment } from 'svelte/attachments';
import { isRightToLeft } from '#lib/browser/direction.ts';

/**
 * Makes a toolbar one stop of the Tab key: arrows, Home and End move inside it, as the ARIA
 * authoring practices describe. Arrows to the side go the way they point, whichever way the toolbar runs.
 */
export const rovingFocus: Attachment<HTMLElement> = (bar) => {
	let stop: HTMLElement | undefined;
	const items = (): HTMLElement[] => [
		...bar.querySelectorAll<HTMLElement>('button:enabled, a[href]'),
	];
	/** What comes and goes, as when a phone is turned, leaves one stop and no more. */
	function keepOneStop(): void {
		const all = items();
		if (!stop || !all.includes(stop)) stop = all[0];
		for (const item of all) item.tabIndex = item === stop ? 0 : -1;
	}

	function moved(event: KeyboardEvent): void {
		const all = items();
		const at = all.findIndex((item) => item === bar.ownerDocument.activeElement);
		if (at < 0) return;
		const [onward, back] = [(at + 1) % all.length, (at - 1 + all.length) % all.length];
		const mirrored = isRightToLeft(bar);
		const to: Record<string, number> = {
			ArrowRight: mirrored ? back : onward,
			ArrowDown: onward,
			ArrowLeft: mirrored ? onward : back,
			ArrowUp: back,
			Home: 0,
			End: all.length - 1,
		};
		const next = all[to[event.key] ?? -1];
		if (!next) return;
		event.preventDefault();
		next.focus();
	}

	function focused({ target }: FocusEvent): void {
		stop = items().find((item) => item === target) ?? stop;
		keepOneStop();
	}

	keepOneStop();
	const changes = new MutationObserver(keepOneStop);
	changes.observe(bar, { childList: true });
	bar.addEventListener('keydown', moved);
	bar.addEventListener('focusin', focused);
	return () => {
		changes.disconnect();
		bar.removeEventListener('keydown', moved);
		bar.removeEventListener('focusin', focused);
	};
};
