import { describe, expect, test } from 'vitest';
import { pastedFiles } from '#lib/features/chat/engine/composer/pastedFiles.ts';

const picture = new File(['x'], 'image.png', { type: 'image/png' });
const clipboard = (texts: Readonly<Record<string, string>>) => ({
	files: [picture],
	getData: (type: string) => texts[type] ?? '',
});

describe('B-3: a paste', () => {
	test.each([
		['cells of a spreadsheet', { 'text/plain': '1\t2', 'text/html': '<table></table>' }, 0],
		['a picture of a page', { 'text/html': '<img src="a.png">' }, 1],
		['a file, with its name', { 'text/plain': 'image.png' }, 1],
		['a screenshot', {}, 1],
	] as [string, Readonly<Record<string, string>>, number][])(
		'of %s attaches files, or leaves it to the text',
		(_what, texts, count) => {
			expect(pastedFiles(clipboard(texts))).toHaveLength(count);
		},
	);

	test('without a clipboard attaches nothing', () => {
		expect(pastedFiles(null)).toEqual([]);
	});
});
