import type { Attachment } from 'svelte/attachments';

const bringsFiles = (event: DragEvent): boolean =>
	event.dataTransfer?.types.includes('Files') ?? false;

/** The files that are dropped. A folder becomes an empty file of its name, because its content does not come with it. */
function filesOf({ items }: DataTransfer): File[] {
	return [...items].flatMap((item) => {
		const file = item.getAsFile();
		if (!file) return [];
		return item.webkitGetAsEntry()?.isDirectory ? new File([], file.name) : file;
	});
}

/**
 * Lets files be dropped on an element, unless one inside it takes them.
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
				dropped(event.dataTransfer ? filesOf(event.dataTransfer) : []);
			},
		};
		const ending = new AbortController();
		for (const name of ['dragenter', 'dragleave', 'dragover', 'drop'] as const)
			element.addEventListener(
				name,
				(event) => {
					if (bringsFiles(event) && !event.defaultPrevented) listeners[name](event);
				},
				{ signal: ending.signal },
			);
		return () => ending.abort();
	};
}
