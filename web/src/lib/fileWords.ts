/** What kinds of content are called. The first that a media type begins with counts. */
const kinds: readonly (readonly [type: string, words: string])[] = [
	['image/svg', 'Drawing'],
	['image/', 'Picture'],
	['video/', 'Video'],
	['audio/', 'Sound'],
	['application/pdf', 'PDF document'],
	['application/epub', 'Book'],
	['application/msword', 'Text document'],
	['application/vnd.openxmlformats-officedocument.wordprocessingml', 'Text document'],
	['application/vnd.oasis.opendocument.text', 'Text document'],
	['application/rtf', 'Text document'],
	['application/vnd.ms-excel', 'Spreadsheet'],
	['application/vnd.openxmlformats-officedocument.spreadsheetml', 'Spreadsheet'],
	['application/vnd.oasis.opendocument.spreadsheet', 'Spreadsheet'],
	['text/csv', 'Spreadsheet'],
	['application/vnd.ms-powerpoint', 'Presentation'],
	['application/vnd.openxmlformats-officedocument.presentationml', 'Presentation'],
	['application/vnd.oasis.opendocument.presentation', 'Presentation'],
	['application/zip', 'Archive'],
	['application/gzip', 'Archive'],
	['application/x-7z', 'Archive'],
	['application/x-rar', 'Archive'],
	['application/vnd.rar', 'Archive'],
	['application/x-tar', 'Archive'],
	['application/x-bzip2', 'Archive'],
	['application/x-xz', 'Archive'],
	['application/zstd', 'Archive'],
	['font/', 'Font'],
	['application/json', 'Data'],
	['text/', 'Text'],
];

/** What a file is, in words. */
export function typeWords(type: string): string {
	return kinds.find(([beginning]) => type.startsWith(beginning))?.[1] ?? 'File';
}

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** How large a file is, in words. @param bytes 0 or more */
export function sizeWords(bytes: number): string {
	if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
	let size = bytes;
	let unit = '';
	for (const next of units) {
		size /= 1000;
		unit = next;
		if (size < 999.5) break;
	}
	return `${size < 9.95 ? size.toFixed(1) : size.toFixed(0)} ${unit}`;
}
