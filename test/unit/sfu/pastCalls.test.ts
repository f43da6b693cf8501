import { expect, test } from 'vitest';
import { csvCell, csvOf } from '../../../sfu/http/chat/csv.ts';
import { toPastCall } from '../../../sfu/http/chat/pastCalls.ts';
import { newCallId, newPersonId } from '../../../shared/ids.ts';

const [ann, ben] = [newPersonId(), newPersonId()];

test('ROOM-15: a person who came twice and with two tabs counts once, for the time they were there', () => {
	const callId = newCallId();
	const stay = (personId: typeof ann, name: string, joinedAt: number, leftAt: number | null) => ({
		...{ personId, name, joinedAt, leftAt },
	});
	const call = toPastCall({
		callId,
		...{ beganAt: 0, endedAt: 100_000 },
		participants: [
			stay(ann, 'Ann', 0, 30_000),
			stay(ann, 'Ann', 10_000, 20_000),
			stay(ben, 'Ben', 15_000, 90_000),
			stay(ann, 'Anna', 25_000, 40_000),
			stay(ann, 'Anna', 80_000, null),
		],
	});
	expect(call).toEqual({
		callId,
		...{ beganAt: 0, endedAt: 100_000 },
		people: [
			{ personId: ann, name: 'Anna', joinedAt: 0, leftAt: 100_000, seconds: 60 },
			{ personId: ben, name: 'Ben', joinedAt: 15_000, leftAt: 90_000, seconds: 75 },
		],
	});
});

test.each([
	['Ann', 'Ann'],
	['Ann, the first', '"Ann, the first"'],
	['Ann "A" B', '"Ann ""A"" B"'],
	['two\r\nlines', '"two\r\nlines"'],
	['=1+1', "'=1+1"],
	['+49 30', "'+49 30"],
	['-2', "'-2"],
	['@SUM(A1)', "'@SUM(A1)"],
	['=HYPERLINK("http://a.example","b")', `"'=HYPERLINK(""http://a.example"",""b"")"`],
	['\uFF1D1', "'\uFF1D1"],
	[' =1', `"' =1"`],
	['\t=1', `"'\t=1"`],
	['日本語', '日本語'],
	['', ''],
])('ROOM-15: the cell %j is written %j', (text, cell) => {
	expect(csvCell(text)).toBe(cell);
});

test('ROOM-15: a table begins with a byte order mark, and its lines end as RFC 4180 wants', async () => {
	let text = '';
	async function* lines() {
		yield ['Name', 'Minutes'];
		yield ['Ann, B', '2.0'];
	}
	for await (const part of csvOf(lines())) text += part;
	expect(text).toBe('\uFEFFName,Minutes\r\n"Ann, B",2.0\r\n');
});
