import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { announcement } from '#lib/features/call/text/announcements.text.ts';
import { deviceWords, problemWords } from '#lib/features/call/text/devices.text.ts';
import { messageProblem } from '#lib/features/chat/text/messageProblem.ts';
import { pathWords, presentWords } from '#lib/features/call/text/mediaPath.text.ts';
import { checkName } from '#lib/features/account/engine/personName.ts';
import { readCatalogues } from '../../../web/bundler/extraction.ts';

describe('the media path in words', () => {
	it.each([
		[{ kind: 'checking' }, 'busy', 'Checking the connection…'],
		[{ kind: 'connected', protocol: 'udp' }, 'good', 'Connected over UDP'],
		[
			{ kind: 'connected', protocol: 'tcp' },
			'warning',
			'Connected over TCP (UDP seems to be blocked). Video may be less smooth.',
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
	[0, "No one's here yet"],
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
		expect(camera.help).toMatch(/no one can see you/);
		expect(microphone.help).toMatch(/no one can hear you/);
	});
});

describe('the problems of both devices', () => {
	const on = { kind: 'on' } as const;
	const refused = { kind: 'problem', problem: 'refused' } as const;
	const absent = { kind: 'problem', problem: 'absent' } as const;
	it.each([
		['none', on, on, []],
		['one', on, absent, ['No camera found']],
		['two', absent, refused, ['No microphone found', 'Camera is blocked']],
		['the same twice', refused, refused, ['Microphone and camera are blocked']],
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
		['', 'Enter your name.'],
		['   ', 'Enter your name.'],
		['a'.repeat(65), 'Names can have up to 64 characters.'],
		['a'.repeat(500), 'Names can have up to 64 characters.'],
		['Ada\u202Eadmin', "Names can't contain invisible characters."],
	])('%j is not, and the reason is said', (typed, problem) => {
		expect(checkName(typed)).toEqual({ ok: false, problem });
	});
});

describe('a typed message', () => {
	it.each(['Hello', 'a\nb', '', 'שלום \u200F', 'x'.repeat(8000)])('%j is taken', (text) => {
		expect(messageProblem(text)).toBeNull();
	});

	it.each([
		['a\u202Eb', /characters that aren't allowed/],
		['a\u0000b', /characters that aren't allowed/],
		['x'.repeat(8001), /up to 8000 characters/],
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
		['a new host', [quiet, { ...other, host: true }], 'Bo is now a host.'],
		['a share', [quiet, { ...other, sharing: true }], 'Bo started sharing.'],
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

describe('the words that are out', () => {
	/** What texts do not say, and what they say instead. */
	const wordsOut: readonly (readonly [RegExp, string])[] = [
		[/\bsomebody\b/i, 'someone'],
		[/\beverybody\b/i, 'everyone'],
		[/\banybody\b/i, 'anyone'],
		[/\bnobody\b/i, 'no one'],
		[/\bwho(?:m|se)?ever\b/i, 'people who'],
		[/\bcom(?:e|es|ing) (?:in|into|again)\b/i, 'join'],
		[/\buser names?\b/i, 'username'],
		[/\be-mails?\b/i, 'email'],
		[/\bmak(?:e|es|ing) (?:an? |the |your )?(?:new )?(?:account|room|token|link)\b/i, 'create'],
		[/\bnot here\b/i, 'offline'],
		[/\bcan ?not\b/i, "can't"],
		[
			/\b(?:do|does|did|is|are|was|were|has|have|had|could|would|should|will) not\b(?! disturb)/i,
			"a contraction, such as isn't",
		],
		[/\b(?:you|they|we) are\b|\bI am\b/i, "a contraction, such as you're"],
		[/\bmay (?:not|only)\b/i, "can't, can only"],
		[/\b(?:is|are) (?:told|needed|listed|called)\b/i, 'who does it, or what to do'],
		[/\bby (?:itself|themselves|yourself|hand)\b/i, 'automatically, yourself'],
		[/\bat the moment\b/i, 'right now'],
		[/\bfor (?:ever|good)\b/i, 'forever, permanently'],
		[/\bgo(?:es)? on\b/i, 'continue'],
		[/\bthere is (?:none|no such|nothing)\b/i, 'no …, not found'],
		[/\bof (?:that|this) name\b/i, 'by that name'],
		[/\bhas (?:at (?:most|least)|only)\b/i, 'can have up to, need at least'],
		[/\bpage's address\b/i, 'address bar'],
	];
	const betterFor = (text: string) =>
		wordsOut.filter(([word]) => word.test(text)).map(([, better]) => better);

	it.each([
		['Somebody wants to come in', ['someone', 'join']],
		[
			'You are not here',
			['offline', "a contraction, such as isn't", "a contraction, such as you're"],
		],
		['The server cannot be reached by itself', ["can't", 'automatically, yourself']],
		['Make an account with a user name', ['username', 'create']],
		["Someone can't join yet. You're the only one here.", []],
		['Do not disturb', []],
	])('%j should say %j', (text, better) => {
		expect(new Set(betterFor(text))).toEqual(new Set(better));
	});

	it('are in no text of the pages', async () => {
		const { items } = await readCatalogues();
		const texts = items.flatMap(({ translations }) => translations.get('en') ?? []);
		expect(texts.length).toBeGreaterThan(400);
		expect(worded(texts)).toEqual([]);
	});

	it('are in no sentence of the server for people', () => {
		const sentences = [
			...sourcesIn('shared'),
			...sourcesIn('sfu').filter(({ text }) => /\bCodedError\b|\bWaitEnd\b/.test(text)),
		].flatMap(sentencesOf);
		expect(sentences.length).toBeGreaterThan(120);
		expect(worded(sentences)).toEqual([]);
	});

	const worded = (texts: readonly string[]) =>
		texts.flatMap((text) => betterFor(text).map((better) => `${text} → ${better}`));

	const root = join(import.meta.dirname, '../../..');
	const sourcesIn = (folder: string) =>
		readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.ts'))
			.map((path) => ({ path, text: readFileSync(join(root, folder, path), 'utf8') }));

	/** The strings of a file that are whole sentences. `…` stands for what is put in. */
	function sentencesOf({ path, text }: { path: string; text: string }): string[] {
		const found: string[] = [];
		const look = (node: ts.Node): void => {
			const words = ts.isStringLiteralLike(node)
				? node.text
				: ts.isTemplateExpression(node)
					? [node.head, ...node.templateSpans.map(({ literal }) => literal)]
							.map((part) => part.text)
							.join('…')
					: '';
			if (/^[\p{Lu}…].* .*[.?…]$/u.test(words)) found.push(words);
			ts.forEachChild(node, look);
		};
		look(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
		return found;
	}
});
