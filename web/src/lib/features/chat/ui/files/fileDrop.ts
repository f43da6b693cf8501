import type { Attachment } from 'svelte/attachments';

const bringsFiles = (event: DragEvent): boolean =>
	event.dataTransfer?.types.includes('Files') ?? false;

/**
 * Lets files be dropped on an element.
 *
 * @param over called with whether files are held over the element
 */
export function fileDrop(
	over: (held: boolean) => void,
	dropped: (files: readonly File[]) => void,
): Attachment<HTMLElement> {
	return (element) => {
		/** How many elements deep the pointer is: each element inside sends events, too. */
		let depth = 0;
		const move = (to: number): void => {
			depth = Math.max(0, to);
			over(depth > 0);
		};
		const listeners = {
			dragenter: () => move(depth + 1),
			dragleave: () => move(depth - 1),
			dragover: (event: DragEvent) => event.preventDefault(),
			drop: (event: DragEvent) => {
				move(0);
				event.preventDefault();
				dropped([...(event.dataTransfer?.files ?? [])]);
			},
		};
		const ending = new AbortController();
		for (const name of ['dragenter', 'dragleave', 'dragover', 'drop'] as const)
			element.addEventListener(
				name,
				(event) => {
					if (bringsFiles(event)) listeners[name](event);
				},
				{ signal: ending.signal },
			);
		return () => ending.abort();
	};
}
