import { describe, expect, it } from 'vitest';
import {
	netMovements,
	rowsOf,
	stepsBetween,
	type Placed,
} from '#lib/features/chat/ui/list/messageRows.ts';
import { random } from './messages.ts';

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
			'comings and goings that cancel out',
			[message(1, 'Bo', 0), message(2, 'Ada', 1, 'joined'), message(3, 'Ada', 9, 'left')],
			'|Bo',
		],
		[
			'someone back within the grace time, whatever was written meanwhile',
			[message(1, 'Bo', 0, 'left'), message(2, 'Ada', 0.2), message(3, 'Bo', 0.5, 'joined')],
			'|Ada',
		],
		[
			'someone back after the grace time',
			[message(1, 'Bo', 0, 'left'), message(2, 'Ada', 0.2), message(3, 'Bo', 0.6, 'joined')],
			'|(1) Ada (1)',
		],
		[
			'midnight and a reconnect before it',
			[
				message(1, 'Ada', 0),
				message(2, 'Bo', 719.8, 'left'),
				message(3, 'Bo', 720.1, 'joined'),
				message(4, 'Ada', 721),
			],
			'|Ada |Ada',
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

	it('have the "new" line before the next row, where what is new begins with a reconnect', () => {
		const messages = [
			message(1, 'Ada', 0),
			message(2, 'Bo', 1, 'left'),
			message(3, 'Bo', 1.1, 'joined'),
			message(4, 'Ada', 2),
		];
		expect(short(messages, 2)).toBe('|Ada !Ada');
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

describe('the net effect of comings and goings', () => {
	/** `+a` joins, `-a` leaves, each a minute after the one before. */
	const net = (steps: string) => {
		const run = steps
			.split(' ')
			.map((step, index) =>
				message(index + 1, step.slice(1), index, step.startsWith('+') ? 'joined' : 'left'),
			);
		const { joined, rejoined, left } = netMovements(run);
		return [['+', joined] as const, ['~', rejoined] as const, ['-', left] as const]
			.flatMap(([sign, names]) => names.map((name) => sign + name))
			.join(' ');
	};

	it.each([
		['+a', '+a'],
		['-a', '-a'],
		['+a +b', '+a +b'],
		['+a -a', ''],
		['-a +a', '~a'],
		['-a -b +b +a', '~a ~b'],
		['+c -c +c +d', '+c +d'],
		['-a +a -a', '-a'],
		['-a +a -a +a', '~a'],
		['+a +a', '+a'],
		['-a -a', '-a'],
		['+a -b +b -c', '+a ~b -c'],
	])('of %s is %s', (steps, expected) => {
		expect(net(steps)).toBe(expected);
	});

	it('names people as they were called last, and apart where two have one name', () => {
		const renamed = (seq: number, id: string, name: string) => ({
			...message(seq, id, seq, 'joined'),
			author: { personId: id, name },
		});
		expect(
			netMovements([renamed(1, 'a', 'Ada'), renamed(2, 'a', 'Ada L.'), renamed(3, 'b', 'Ada L.')]),
		).toEqual({ joined: ['Ada L.', 'Ada L.'], rejoined: [], left: [] });
	});

	it.each(Array.from({ length: 200 }, (_, seed) => seed + 1))(
		'never says that someone left who is in the call, or joined who is not: seed %i',
		(seed) => {
			const next = random(seed);
			const people = ['a', 'b', 'c', 'd'];
			const inCall = new Set(people.filter(() => next() < 0.5));
			const told = new Set(inCall);
			const messages: Placed[] = [];
			let at = 0;
			for (let seq = 1; seq <= 40; seq++) {
				at += next() * 1.5;
				const who = people[Math.floor(next() * people.length)] ?? 'a';
				if (next() < 0.2) messages.push(message(seq, who, at));
				else {
					const event = inCall.delete(who) ? 'left' : 'joined';
					if (event === 'joined') inCall.add(who);
					messages.push(message(seq, who, at, event));
				}
			}
			for (const row of rowsOf(messages, null)) {
				if (row.kind === 'message') continue;
				const { joined, rejoined, left } = netMovements(row.messages);
				for (const name of left) told.delete(name);
				for (const name of [...joined, ...rejoined]) told.add(name);
			}
			expect([...told].sort()).toEqual([...inCall].sort());
		},
	);
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
