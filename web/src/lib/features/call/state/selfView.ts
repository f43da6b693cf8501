import * as v from 'valibot';
import { corners, type SelfView } from '#lib/layout/callOfTwo.ts';

/** Apart from the other preferences, which the landing page loads too. */
const key = 'parley:self-view';

const selfView = v.object({
	corner: v.fallback(v.picklist(corners), 'bottom-right'),
	small: v.fallback(v.boolean(), false),
	hidden: v.fallback(v.boolean(), false),
});

/** How the person wanted to see themselves last time, in this browser. */
export function recallSelfView(): SelfView {
	try {
		return v.parse(selfView, JSON.parse(localStorage.getItem(key) ?? '{}'));
	} catch {
		return v.parse(selfView, {});
	}
}

export function rememberSelfView(self: SelfView): void {
	try {
		localStorage.setItem(key, JSON.stringify(self));
	} catch {
		// A full or forbidden storage costs a habit, not a call.
	}
}
