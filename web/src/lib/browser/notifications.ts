/** Whether this browser can tell something outside of the page. */
export const canNotify = (): boolean => 'Notification' in window;

/** Asks the person, where they were not asked before. To be called right from a click or a key. */
export async function allowNotifications(): Promise<boolean> {
	return canNotify() && (await Notification.requestPermission()) === 'granted';
}

/**
 * Tells it outside of the page, in the place of what was told before under the same tag.
 *
 * @param stays whether it is there until the person answers it.
 * @param open what a press on it does, besides bringing the page to the front.
 * @returns what takes it back.
 */
export function notify(
	title: string,
	body: string,
	tag: string,
	{ stays = false, open }: { stays?: boolean; open?: () => void } = {},
): () => void {
	if (!canNotify() || Notification.permission !== 'granted') return () => undefined;
	try {
		const shown = new Notification(title, { body, tag, requireInteraction: stays });
		shown.onclick = () => {
			window.focus();
			open?.();
			shown.close();
		};
		return () => shown.close();
	} catch {
		// Browsers of phones take them from service workers only.
		return () => undefined;
	}
}
