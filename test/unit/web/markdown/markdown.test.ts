import { describe, expect, it } from 'vitest';
import { limits } from '#shared/limits.ts';
import { isEmojiOnly } from '#lib/markdown/emojiOnly.ts';
import { withMentions } from '#lib/markdown/mentions.ts';
import { parseMessage } from '#lib/markdown/parse.ts';
import type { Block, Inline } from '#lib/markdown/tree.ts';

const text = (value: string): Inline => ({ kind: 'text', text: value });
const paragraph = (...children: Inline[]): Block => ({ kind: 'paragraph', children });
const line = { kind: 'break' } as const;

/** Everything that is drawn as text, in the order of the page. */
function drawn(nodes: readonly (Block | Inline)[]): string {
	return nodes
		.map((node): string => {
			switch (node.kind) {
				case 'break':
					return '\n';
				case 'list':
					return node.items.map(drawn).join('\n');
				case 'text':
				case 'code':
				case 'mention':
					return node.text;
				default:
					return drawn(node.children);
			}
		})
		.join('');
}

/** Where the links of a tree lead. */
function addresses(nodes: readonly (Block | Inline)[]): string[] {
	return nodes.flatMap((node): string[] => {
		if (node.kind === 'link') return [node.href];
		if (node.kind === 'list') return node.items.flatMap(addresses);
		return 'children' in node ? addresses(node.children) : [];
	});
}

describe('a message', () => {
	it.each([
		['plain text', 'Hello', [paragraph(text('Hello'))]],
		['its lines', 'one\ntwo', [paragraph(text('one'), line, text('two'))]],
		['paragraphs', 'one\n\ntwo', [paragraph(text('one')), paragraph(text('two'))]],
		[
			'emphasis',
			'**a** *b* _c_',
			[
				paragraph(
					{ kind: 'strong', children: [text('a')] },
					text(' '),
					{ kind: 'emphasis', children: [text('b')] },
					text(' '),
					{ kind: 'emphasis', children: [text('c')] },
				),
			],
		],
		['no emphasis inside of words', 'snake_case_name', [paragraph(text('snake_case_name'))]],
		['code', '`a *b*`', [paragraph({ kind: 'code', text: 'a *b*' })]],
		['a block of code', '```ts\na\n\nb\n```', [{ kind: 'code', text: 'a\n\nb', language: 'ts' }]],
		['code without an end', '```\na', [{ kind: 'code', text: 'a', language: null }]],
		['a quote', '> a\n> b', [{ kind: 'quote', children: [paragraph(text('a'), line, text('b'))] }]],
		[
			'a list',
			'- a\n- b',
			[{ kind: 'list', start: null, items: [[paragraph(text('a'))], [paragraph(text('b'))]] }],
		],
		['an ordered list', '3. a', [{ kind: 'list', start: 3, items: [[paragraph(text('a'))]] }]],
		['nothing', '', []],
	] as const)('has %s', (_, body, tree) => {
		expect(parseMessage(body)).toEqual(tree);
	});

	it.each([
		'# no heading',
		'no heading\n===',
		'a\n---',
		'---',
		'    not code',
		'&lt; &amp; &#60;',
		'[a]: https://example.org',
		'<b>bold</b>',
	])('keeps %j as it was typed', (body) => {
		expect(drawn(parseMessage(body))).toBe(body.trim());
	});

	it.each([
		['a bare address', 'see https://example.org/a_b_c.', 'https://example.org/a_b_c'],
		['one with an ampersand', 'http://example.org/?a=1&b=2', 'http://example.org/?a=1&b=2'],
		['one without its scheme', 'www.example.org', 'http://www.example.org'],
		['an address for mail', 'ada@example.org', 'mailto:ada@example.org'],
		['a named link', '[here](https://example.org)', 'https://example.org'],
		['one in angles', '<https://example.org>', 'https://example.org'],
	])('links %s', (_, body, href) => {
		expect(addresses(parseMessage(body))).toEqual([href]);
	});
});

describe('B-28: an address among marks of other scripts', () => {
	it.each([
		['（详见https://example.org/a）。', 'https://example.org/a'],
		['「https://example.org/a」を見て', 'https://example.org/a'],
		['见https://example.org/a，谢谢', 'https://example.org/a'],
		['见https://example.org/中文。谢谢', 'https://example.org/中文'],
		['【https://example.org】', 'https://example.org'],
		['看：https://example.org/a?b=1！', 'https://example.org/a?b=1'],
		['«https://example.org/a»', 'https://example.org/a'],
		['« voir https://example.org/a.», dit-il', 'https://example.org/a'],
		['„https://example.org/a“', 'https://example.org/a'],
		['„siehe www.example.org“, sagt sie', 'http://www.example.org'],
		['„www.example.org“', 'http://www.example.org'],
		['“https://example.org/a”', 'https://example.org/a'],
		['انظر https://example.org/a، شكرا', 'https://example.org/a'],
		['देखें https://example.org/a।', 'https://example.org/a'],
		['https://example.org/a…', 'https://example.org/a'],
		['**「https://example.org/a」**，谢谢', 'https://example.org/a'],
	])('ends in %j before the mark that follows it', (body, href) => {
		const tree = parseMessage(body);
		expect(addresses(tree)).toEqual([href]);
		expect(drawn(tree)).toBe(body.replaceAll('*', ''));
	});

	it('keeps the letters and dashes of other scripts', () => {
		for (const address of [
			'https://zh.wikipedia.org/wiki/北京',
			'https://en.wikipedia.org/wiki/Michelson–Morley_experiment',
			'https://ca.wikipedia.org/wiki/Gal·la',
		])
			expect(addresses(parseMessage(address))).toEqual([address]);
	});

	it.each([
		['[a](https://example.org/（b）)', 'https://example.org/（b）', 'a'],
		['<https://example.org/（b）>', 'https://example.org/（b）', 'https://example.org/（b）'],
	])('leads in %j where it says', (body, href, words) => {
		const tree = parseMessage(body);
		expect(addresses(tree)).toEqual([href]);
		expect(drawn(tree)).toBe(words);
	});

	it('is a link of its own behind another one and a mark', () => {
		const tree = parseMessage('https://a.example、https://b.example');
		expect(addresses(tree)).toEqual(['https://a.example', 'https://b.example']);
	});

	it('stays as it was typed in code', () => {
		expect(parseMessage('`https://a.example。b`')).toEqual([
			paragraph({ kind: 'code', text: 'https://a.example。b' }),
		]);
		expect(parseMessage('```\nhttps://a.example。b\n```')).toEqual([
			{ kind: 'code', text: 'https://a.example。b', language: null },
		]);
	});
});

describe('markup that means harm', () => {
	it.each([
		'<script>alert(1)</script>',
		'<img src=x onerror=alert(1)>',
		'a <svg/onload=alert(1)> b',
		'<!-- a --> b',
		'<style>* { display: none }</style>',
	])('%j stays text', (body) => {
		const tree = parseMessage(body);
		expect(drawn(tree)).toBe(body);
		expect(addresses(tree)).toEqual([]);
	});

	it.each([
		'[a](javascript:alert(1))',
		'[a](JaVaScRiPt:alert(1))',
		'[a](java\tscript:alert(1))',
		'[a](data:text/html,<script>)',
		'[a](vbscript:x)',
		'[a](//example.org)',
		'[a](/api/session)',
		'[a](file:///etc/passwd)',
		'<javascript:alert(1)>',
		'[a](https://)',
	])('%j leads nowhere', (body) => {
		expect(addresses(parseMessage(body))).toEqual([]);
	});

	it('shows where a refused link would have led', () => {
		expect(drawn(parseMessage('[a](javascript:alert)'))).toBe('a (javascript:alert)');
	});

	it('has no pictures: their description links at most', () => {
		expect(parseMessage('![a](https://example.org/a.png)')).toEqual([
			paragraph(text('!'), {
				kind: 'link',
				href: 'https://example.org/a.png',
				children: [text('a')],
			}),
		]);
	});

	// Each would keep the parser busy for seconds, or fill the stack, if it were let in: that ends as a timeout.
	it.each([
		'>',
		'> ',
		'*',
		'*a ',
		'*a_ ',
		'_a __a_ ',
		'**a*',
		'[',
		'[](',
		'[a](',
		'![',
		'`',
		'` `` ',
		'- ',
		'* a\n',
		'1. ',
		'> - ',
		'> a\n\n',
		'-\n',
		'www.',
		'http://a ',
		'a@b.c ',
		'a@',
		'<',
		'<a@b ',
		'\\',
		'&',
		'\n',
		'```\n',
		' ',
		'\t',
		'a**b',
		'](',
		'@',
	])('10,000 characters of %j are drawn at once', (piece) => {
		const body = piece.repeat(Math.ceil(10_000 / piece.length)).slice(0, 10_000);
		expect(() => parseMessage(body)).not.toThrow();
	});

	it('is text where it is too deep to be meant', () => {
		expect(drawn(parseMessage('>'.repeat(limits.messageLength)))).toHaveLength(
			limits.messageLength,
		);
	});
});

describe('the names of those it mentions', () => {
	const ada = { name: 'Ada', you: true };
	const adaLovelace = { name: 'Ada Lovelace', you: false };
	const mentions = (body: string, named = [ada, adaLovelace]): string[] => {
		const found: string[] = [];
		JSON.stringify(withMentions(parseMessage(body), named), (_, value: unknown) => {
			const isMention = typeof value === 'object' && value !== null && 'you' in value;
			if (isMention && 'text' in value) found.push(String(value.text));
			return value;
		});
		return found;
	};

	it.each([
		['hello @Ada', ['@Ada']],
		['@Ada Lovelace, hello', ['@Ada Lovelace']],
		['@ada, hello', ['@ada']],
		['(@Ada)', ['@Ada']],
		['**@Ada** and @Ada Lovelace', ['@Ada', '@Ada Lovelace']],
		['> @Ada', ['@Ada']],
		['- @Ada', ['@Ada']],
		['@Adam', []],
		['mail@Ada', []],
		['`@Ada`', []],
		['```\n@Ada\n```', []],
		['Ada', []],
	])('in %j', (body, names) => {
		expect(mentions(body)).toEqual(names);
	});

	it('are known as one’s own or another’s', () => {
		expect(withMentions(parseMessage('@Ada @Ada Lovelace'), [ada, adaLovelace])).toEqual([
			paragraph({ kind: 'mention', text: '@Ada', you: true }, text(' '), {
				kind: 'mention',
				text: '@Ada Lovelace',
				you: false,
			}),
		]);
	});

	it('may hold any character', () => {
		expect(mentions('@a.*(b)+ x', [{ name: 'a.*(b)+', you: false }])).toEqual(['@a.*(b)+']);
		expect(mentions('hi @[Bo] $1', [{ name: '[Bo] $1', you: false }])).toEqual(['@[Bo] $1']);
	});
});

it.each([
	['🎉', true],
	['👩‍👩‍👧 ❤️', true],
	['🎉🎉🎉', true],
	['🎉🎉🎉🎉', false],
	['🎉 yes', false],
	['1', false],
	['#', false],
	['', false],
])('%j is emoji alone: %s', (body, alone) => {
	expect(isEmojiOnly(body)).toBe(alone);
});
