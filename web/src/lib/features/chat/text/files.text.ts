import { regionalLanguage } from '#lib/language/current.ts';
import { plural } from '#lib/language/plural.ts';

type FileKind = keyof ReturnType<typeof kindWords>;

/** The kinds of content. The first that a media type begins with counts. */
const kinds: readonly (readonly [type: string, kind: FileKind])[] = [
	['image/svg', 'drawing'],
	['image/', 'picture'],
	['video/', 'video'],
	['audio/', 'sound'],
	['application/pdf', 'pdf'],
	['application/epub', 'book'],
	['application/msword', 'document'],
	['application/vnd.openxmlformats-officedocument.wordprocessingml', 'document'],
	['application/vnd.oasis.opendocument.text', 'document'],
	['application/rtf', 'document'],
	['application/vnd.ms-excel', 'spreadsheet'],
	['application/vnd.openxmlformats-officedocument.spreadsheetml', 'spreadsheet'],
	['application/vnd.oasis.opendocument.spreadsheet', 'spreadsheet'],
	['text/csv', 'spreadsheet'],
	['application/vnd.ms-powerpoint', 'presentation'],
	['application/vnd.openxmlformats-officedocument.presentationml', 'presentation'],
	['application/vnd.oasis.opendocument.presentation', 'presentation'],
	['application/zip', 'archive'],
	['application/gzip', 'archive'],
	['application/x-7z', 'archive'],
	['application/x-rar', 'archive'],
	['application/vnd.rar', 'archive'],
	['application/x-tar', 'archive'],
	['application/x-bzip2', 'archive'],
	['application/x-xz', 'archive'],
	['application/zstd', 'archive'],
	['font/', 'font'],
	['application/json', 'data'],
	['text/', 'text'],
];

function kindWords() {
	return {
		drawing: 'Drawing',
		picture: 'Image',
		video: 'Video',
		sound: 'Audio',
		pdf: 'PDF document',
		book: 'Book',
		document: 'Text document',
		spreadsheet: 'Spreadsheet',
		presentation: 'Presentation',
		archive: 'Archive',
		font: 'Font',
		data: 'Data',
		text: 'Text',
		other: 'File',
	};
}

/** The kind of a file, in words. */
export function typeWords(type: string): string {
	return kindWords()[kinds.find(([beginning]) => type.startsWith(beginning))?.[1] ?? 'other'];
}

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** How large a file is, in words. @param bytes 0 or more */
export function sizeWords(bytes: number): string {
	if (bytes < 1000) return plural(bytes, ['1 byte', '# bytes']);
	let size = bytes;
	let unit = '';
	for (const next of units) {
		size /= 1000;
		unit = next;
		if (size < 999.5) break;
	}
	const digits = size < 9.95 ? 1 : 0;
	const number = new Intl.NumberFormat(regionalLanguage(), {
		useGrouping: false,
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
	return `${number.format(size)} ${unit}`;
}
