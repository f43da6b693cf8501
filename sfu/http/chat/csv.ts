/** How a formula begins, for one spreadsheet or another. */
const formula = /^\s*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]|^[\t\r\n]/;

/** A cell as RFC 4180 has it. A text that a spreadsheet would run as a formula gets an apostrophe before it. */
export function csvCell(text: string): string {
	const safe = formula.test(text) ? `'${text}` : text;
	return /[",\r\n\t]|^'? | $/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A table as RFC 4180 has it, after a byte order mark by which spreadsheets know UTF-8. */
export async function* csvOf(lines: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
	yield '\uFEFF';
	for await (const line of lines) yield `${line.map(csvCell).join(',')}\r\n`;
}
