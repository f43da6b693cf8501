import { describe, expect, it } from 'vitest';
import { announcement } from '#lib/announcement.ts';
import { deviceWords, problemWords } from '#lib/deviceWords.ts';
import { messageProblem } from '#lib/messageProblem.ts';
import { pathWords, presentWords } from '#lib/pathWords.ts';
import { checkName } from '#lib/personName.ts';

describe('the media path in words', () => {
	it.each([
		[{ kind: 'checking' }, 'busy', 'Checking the connection…'],
		[{ kind: 'connected', protocol: 'udp' }, 'good', 'Connected over UDP'],
		[
			{ kind: 'connected', protocol: 'tcp' },
			'warning',
			'UDP is blocked here, using TCP: may be less smooth',
		],
		[
			{ kind: 'unreachable', address: '203.0.113.7', port: 40000 },
			'bad',
			"Your browser can't reach the media server at 203.0.113.7:40000",
		],
		[
			{ kind: 'unreachable', address: '2001:db8::7', port: 40001 },
			'bad',
			"Your browser can't reach the media server at [2001:db8::7]:40001",
		],
	] as const)('%j', (path, tone, text) => {
		expect(pathWords(path)).toMatchObject({ tone, text });
	});

	it('says what to check when the server cannot be reached, and only then', () => {
		const { checks } = pathWords({ kind: 'unreachable', address: 'media.example', port: 40000 });
		expect(checks.join(' ')).toMatch(/port 40000 open.*announced address/i);
		expect(pathWords({ kind: 'connected', protocol: 'udp' }).checks).toEqual([]);
	});
});

it.each([
	[0, 'Nobody is in the room yet'],
	[1, '1 person is in the room'],
	[12, '12 people are in the room'],
])('%i people in words', (present, words) => {
	expect(presentWords(present)).toBe(words);
});

describe('a device that is not on', () => {
	const problems = ['refused', 'absent', 'busy', 'insecure'] as const;
	it.each(problems)('because it is %s is explained, each in its own words', (problem) => {
		const microphone = deviceWords('microphone', problem);
		const camera = deviceWords('camera', problem);
		expect(microphone.title).toMatch(/microphone/i);
		expect(camera.title).toMatch(/camera/i);
		expect(camera.help).toMatch(/Others will not see you/);
		expect(microphone.help).toMatch(/Others will not hear you/);
	});
});

describe('the problems of both devices', () => {
	const on = { kind: 'on' } as const;
	const refused = { kind: 'problem', problem: 'refused' } as const;
	const absent = { kind: 'problem', problem: 'absent' } as const;
	it.each([
		['none', on, on, []],
		['one', on, absent, ['The camera was not found']],
		['two', absent, refused, ['The microphone was not found', 'The camera is not allowed']],
		['the same twice', refused, refused, ['The microphone and camera are not allowed']],
	])('are told: %s', (_, microphone, camera, titles) => {
		expect(problemWords(microphone, camera).map(({ title }) => title)).toEqual(titles);
	});
});

describe('a typed name', () => {
	it.each([
		['Ada', 'Ada'],
		['  Ada Lovelace ', 'Ada Lovelace'],
		['<b>Ada</b>', '<b>Ada</b>'],
	])('%j is taken', (typed, name) => {
		expect(checkName(typed)).toEqual({ ok: true, name });
	});

	it.each([
		['', 'A name is needed.'],
		['   ', 'A name is needed.'],
		['a'.repeat(65), 'A name has at most 64 characters.'],
		['a'.repeat(500), 'A name has at most 64 characters.'],
		['Ada\u202Eadmin', 'A name has only visible characters.'],
	])('%j is not, and the reason is said', (typed, problem) => {
		expect(checkName(typed)).toEqual({ ok: false, problem });
	});
});

describe('a typed message', () => {
	it.each(['Hello', 'a\nb', '', 'שלום \u200F', 'x'.repeat(8000)])('%j is taken', (text) => {
		expect(messageProblem(text)).toBeNull();
	});

	it.each([
		['a\u202Eb', /none that turn the direction/],
		['a\u0000b', /no control characters/],
		['x'.repeat(8001), /at most 8000 characters/],
	])('%j is not, and the reason is said', (text, problem) => {
		expect(messageProblem(text)).toMatch(problem);
	});
});

describe('what others do', () => {
	const quiet = {
		peerId: 'a',
		name: 'Ana',
		hand: false,
		muted: false,
		sharing: false,
		host: false,
	};
	const other = { ...quiet, peerId: 'b', name: 'Bo' };

	it.each([
		['a hand', [{ ...quiet, hand: true }, other], 'Ana raised a hand.'],
		[
			'a mute of two',
			[
				{ ...quiet, muted: true },
				{ ...other, muted: true },
			],
			'Ana and Bo were muted by a host.',
		],
		['a new host', [quiet, { ...other, host: true }], 'Bo is a host now.'],
		['a share', [quiet, { ...other, sharing: true }], 'Bo began to share.'],
	])('%s', (_, after, sentence) => {
		expect(announcement([quiet, other], after)).toBe(sentence);
	});

	it('is said once, and nothing of those who just came', () => {
		const raised = { ...quiet, hand: true };
		expect(announcement([raised], [raised])).toBe('');
		expect(announcement([], [raised])).toBe('Ana joined.');
		expect(announcement([{ ...quiet, sharing: true }], [quiet])).toBe('Ana stopped sharing.');
	});
});

describe('the announcement', () => {
	const people = (...names: string[]) => names.map((name) => ({ peerId: `id of ${name}`, name }));
	it.each([
		['nobody', people('Ada'), people('Ada'), ''],
		['one who came', people(), people('Ada'), 'Ada joined.'],
		['one who went', people('Ada'), people(), 'Ada left.'],
		['two who came', people(), people('Ada', 'Bob'), 'Ada and Bob joined.'],
		['three who came', people(), people('Ada', 'Bob', 'Cy'), 'Ada, Bob and Cy joined.'],
		['many who came', people(), people('A', 'B', 'C', 'D', 'E'), 'A, B and 3 others joined.'],
		['coming and going', people('Ada'), people('Bob'), 'Bob joined. Ada left.'],
	])('of %s', (_, before, after, sentence) => {
		expect(announcement(before, after)).toBe(sentence);
	});

	it('knows people by id, not by name', () => {
		const first = [{ peerId: '1', name: 'Ada' }];
		const both = [...first, { peerId: '2', name: 'Ada' }];
		expect(announcement(first, both)).toBe('Ada joined.');
	});
});
