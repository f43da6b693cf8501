import type { CallState } from './callState.svelte.ts';

/** How long to wait for a path that is not proved, in ms: the caller wants to see that something happens. */
const patience = 1500;

/**
 * Resolves when it is known whether media gets through to this call's lobby, or after a moment.
 *
 * @returns whether the person is still in the lobby
 */
export function judgedPath(call: Pick<CallState, 'path' | 'phase'>): Promise<boolean> {
	const isOver = () => call.phase.kind === 'left' || call.phase.kind === 'failed';
	return new Promise((resolve) => {
		const timer = setTimeout(done, patience);
		const end = $effect.root(() => {
			$effect(() => {
				if (call.path.kind !== 'checking' || isOver()) done();
			});
		});
		function done(): void {
			clearTimeout(timer);
			end();
			resolve(!isOver());
		}
	});
}
