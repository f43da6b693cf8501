import { describe, expect, test } from 'vitest';
import { fileNameOf } from '../../../sfu/files/fileName.ts';
import { attachment } from '../../../sfu/http/chat/downloads.ts';
import { limits } from '../../../shared/limits.ts';

describe('a file is called', () => {
	test.each([
		['report.txt', 'report.txt'],
		['../../etc/passwd', 'passwd'],
		['C:\\Users\\me\\report.txt', 'report.txt'],
		['folder/', 'file'],
		['', 'file'],
		['   ', 'file'],
		['..', 'file'],
		['.', 'file'],
		['.bashrc', '.bashrc'],
		['__proto__', '__proto__'],
		['<img src=x onerror=alert(1)>.html', '<img src=x onerror=alert(1)>.html'],
		['invoice\u202Efdp.exe', 'invoicefdp.exe'],
		['a\u0000b\nc\u007F.txt', 'abc.txt'],
		['\uFEFFzero\u200Bwidth.txt', 'zerowidth.txt'],
		['half\uD800.txt', 'half\uFFFD.txt'],
		['family \u{1F469}\u200D\u{1F467}.png', 'family \u{1F469}\u200D\u{1F467}.png'],
		['свидетельство.pdf', 'свидетельство.pdf'],
		['trailing. . .', 'trailing'],
	])('%j: %j', (claimed, name) => {
		expect(fileNameOf(claimed)).toBe(name);
	});

	test('at most as long as names may be, with its ending', () => {
		const name = fileNameOf(`${'x'.repeat(500)}.tar.gz`);
		expect(name).toHaveLength(limits.fileNameLength);
		expect(name).toMatch(/x\.gz$/);
		expect(fileNameOf('y'.repeat(500))).toHaveLength(limits.fileNameLength);
	});

	test('no half of a character where it was too long', () => {
		const name = fileNameOf(`a${'\u{1F600}'.repeat(200)}.png`);
		expect(name.isWellFormed()).toBe(true);
		expect(name).toMatch(/\u{1F600}\.png$/u);
		expect(name.length).toBeLessThanOrEqual(limits.fileNameLength);
	});
});

describe('the header of a download', () => {
	test.each([
		['report.txt', `attachment; filename="report.txt"; filename*=UTF-8''report.txt`],
		[
			'a "b" \\c.txt',
			`attachment; filename="a _b_ _c.txt"; filename*=UTF-8''a%20%22b%22%20%5Cc.txt`,
		],
		['ñandú.txt', `attachment; filename="_and_.txt"; filename*=UTF-8''%C3%B1and%C3%BA.txt`],
		[
			"it's (1)*.txt",
			`attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`,
		],
		['100%41.txt', `attachment; filename="100_41.txt"; filename*=UTF-8''100%2541.txt`],
		[
			'\r\nSet-Cookie: x',
			`attachment; filename="__Set-Cookie: x"; filename*=UTF-8''%0D%0ASet-Cookie%3A%20x`,
		],
	])('names %j', (name, header) => {
		expect(attachment(name)).toBe(header);
	});
});
