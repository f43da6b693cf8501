/** The event by which a page tells its document that it listens. */
export const listening = 'parley:listening';

/**
 * Takes what people press, choose and send while a page is drawn and does not listen yet, and does it when it does: in the
 * order in which it was pressed, once however often, and only what is still there and can be pressed. What is pressed
 * is `aria-busy` meanwhile. Links, and forms that have an address, work without scripts.
 *
 * This is part of the first script of every page, by its source: it uses nothing from outside.
 */
export function holdEarlyPresses(listening: string): void {
	/** By the element what is to be done with it. */
	const held = new Map<HTMLElement, () => void>();
	const busy = new Set<HTMLElement>();

	const hold = (event: Event) => {
		const target = event.target instanceof Element ? event.target : null;
		if (!target) return;
		if (event.type === 'change') {
			// Text that was typed stays by itself.
			const isBox = target instanceof HTMLInputElement && /^(?:checkbox|radio)$/.test(target.type);
			if (!isBox && !(target instanceof HTMLSelectElement)) return;
			const { value } = target;
			const checked = isBox && target.checked;
			held.set(target, () => {
				if (isBox) target.checked = checked;
				else target.value = value;
				target.dispatchEvent(new Event('change', { bubbles: true }));
			});
			return;
		}
		const button = event.type === 'click' ? target.closest('button') : null;
		const form = button ? button.form : event.type === 'submit' ? target.closest('form') : null;
		const element = button ?? form;
		if (!element) return;
		element.setAttribute('aria-busy', 'true');
		busy.add(element);
		if (form?.hasAttribute('action') && (!button || button.type === 'submit')) return;
		event.preventDefault();
		event.stopPropagation();
		held.set(element, () => (button ? button.click() : form?.requestSubmit()));
	};

	const kinds = ['click', 'submit', 'change'];
	for (const kind of kinds) document.addEventListener(kind, hold, true);
	const release = () => {
		for (const kind of kinds) document.removeEventListener(kind, hold, true);
		for (const element of busy) element.removeAttribute('aria-busy');
		const left = [...held];
		// One after the other, so that each finds the page as the one before has left it.
		const next = () => {
			const [element, act] = left.shift() ?? [];
			if (!element || !act) return;
			const isThere = element.isConnected && element.getClientRects().length > 0;
			if (isThere && !element.matches(':disabled, [inert] *')) act();
			setTimeout(next);
		};
		setTimeout(next);
	};
	document.addEventListener(listening, release, { once: true });
}
