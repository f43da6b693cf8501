import { describe, expect, it } from 'vitest';
import { rowsOf, stepsBetween, type Placed } from '#lib/messageRows.ts';

const noon = new Date(2026, 3, 14, 12).getTime();
const minute = 60_000;

/** A message in short: who, minutes after noon, and what. */
function message(seq: number, who: string, after: number, event?: string): Placed {
	return {
		messageId: `id-${seq}`,
		seq,
		sentAt: noon + after * minute,
		author: { personId: who, name: who },
		content: event ? { kind: 'system', system: { event } } : { kind: 'text' },
	};
}

/** Rows in short: `Ada` with the name over it, `.` without, `(2)` for system lines, `|` day, `!` new. */
function short(messages: readonly Placed[], newFrom: number | null = null): string {
	return rowsOf(messages, newFrom)
		.map((row) => {
			const marks = `${row.day === null ? '' : '|'}${row.isNew ? '!' : ''}`;
			if (row.kind === 'system') return `${marks}(${row.messages.length})`;
			return marks + (row.showsAuthor ? row.message.author.name : '.');
		})
		.join(' ');
}

describe('rows', () => {
	it.each([
		['nothing', [], ''],
		['one message', [message(1, 'Ada', 0)], '|Ada'],
		['one person', [message(1, 'Ada', 0), message(2, 'Ada', 4)], '|Ada .'],
		['a pause', [message(1, 'Ada', 0), message(2, 'Ada', 5)], '|Ada Ada'],
		[
			'short pauses',
			[message(1, 'Ada', 0), message(2, 'Ada', 4), message(3, 'Ada', 8)],
			'|Ada . .',
		],
		['two people', [message(1, 'Ada', 0), message(2, 'Bo', 0), message(3, 'Bo', 1)], '|Ada Bo .'],
		['midnight', [message(1, 'Ada', 719), message(2, 'Ada', 721)], '|Ada |Ada'],
		[
			'comings and goings',
			[message(1, 'Ada', 0, 'joined'), message(2, 'Bo', 1, 'joined'), message(3, 'Bo', 2, 'left')],
			'|(3)',
		],
		[
			'a message between them',
			[message(1, 'Ada', 0, 'joined'), message(2, 'Ada', 1), message(3, 'Ada', 2, 'left')],
			'|(1) Ada (1)',
		],
		[
			'a decision of a host among them',
			[message(1, 'A', 0, 'joined'), message(2, 'A', 0, 'retention'), message(3, 'B', 0, 'joined')],
			'|(1) (1) (1)',
		],
		[
			'midnight among them',
			[message(1, 'A', 719, 'joined'), message(2, 'B', 721, 'joined')],
			'|(1) |(1)',
		],
		[
			'a name after a system line',
			[message(1, 'A', 0), message(2, 'B', 0, 'joined'), message(3, 'A', 0)],
			'|A (1) A',
		],
	])('of %s', (_, messages, rows) => {
		expect(short(messages)).toBe(rows);
	});

	it('have the name again under somebody else’s, and under another name of the same person', () => {
		const renamed = { ...message(2, 'Ada', 0), author: { personId: 'Ada', name: 'Ada L.' } };
		expect(short([message(1, 'Ada', 0), renamed])).toBe('|Ada Ada L.');
	});

	it('have the "new" line before the message it stands before, which gets its name', () => {
		const messages = [message(1, 'Ada', 0), message(2, 'Ada', 1), message(3, 'Ada', 2)];
		expect(short(messages, 2)).toBe('|Ada !Ada .');
		expect(short(messages, 9)).toBe('|Ada . .');
	});

	it('part comings and goings at the "new" line', () => {
		const messages = [message(1, 'A', 0, 'joined'), message(2, 'B', 0, 'joined')];
		expect(short(messages, 2)).toBe('|(1) !(1)');
	});

	it('take what is not stored yet for the last', () => {
		expect(short([message(1, 'Ada', 0), { ...message(2, 'Ada', 0), seq: null }])).toBe('|Ada .');
	});

	it('keep their keys when older messages are put in front', () => {
		const messages = [1, 2, 3, 4, 5].map((seq) =>
			message(seq, 'Ada', seq, seq < 4 ? 'joined' : ''),
		);
		const keys = (from: number) => rowsOf(messages.slice(from), null).map(({ key }) => key);
		expect(keys(0)).toEqual(['id-3', 'id-4', 'id-5']);
		expect(keys(2)).toEqual(keys(0));
	});
});

describe('from rows to rows', () => {
	const rows = (letters: string) => [...letters].map((key) => ({ key }));
	const steps = (before: string, after: string) =>
		stepsBetween(rows(before), rows(after))?.map(
			(step) => `${step.front ? 'front' : 'end'} ${step.rows.map(({ key }) => key).join('')}`,
		) ?? null;

	it.each([
		['cde', 'cdefg', ['end cdefg']],
		['cde', 'abcde', ['front abcde']],
		['abcde', 'cde', ['front cde']],
		['abcde', 'abc', ['end abc']],
		['abcd', 'cdef', ['end abcdef', 'front cdef']],
		['cdef', 'abcd', ['end cd', 'front abcd']],
		['cde', 'abcdefg', ['end cdefg', 'front abcdefg']],
		['cdX', 'cdY', ['end cdY']],
		['cdX', 'abcdY', ['front abcdY']],
		['', 'abc', ['end abc']],
		['abc', 'xyz', null],
		['abc', '', null],
	])('%s to %s', (before, after, expected) => {
		expect(steps(before, after)).toEqual(expected);
	});

	it('each step changes the length at one end only, and the last is what was wanted', () => {
		const all = 'abcdefghijklmnop';
		for (let from = 0; from < 10; from++) {
			for (let to = from + 3; to < 16; to++) {
				const after = rows(all.slice(from, to));
				let known = rows(all.slice(4, 9));
				const found = stepsBetween(known, after);
				for (const step of found ?? []) {
					const [one, other] = [known.map(({ key }) => key), step.rows.map(({ key }) => key)];
					const kept = Math.min(one.length, other.length);
					if (step.front) expect(other.slice(-kept)).toEqual(one.slice(-kept));
					else expect(other.slice(0, kept)).toEqual(one.slice(0, kept));
					known = [...step.rows];
				}
				if (found) expect(known).toEqual(after);
			}
		}
	});
});
