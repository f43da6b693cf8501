import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import type { Block, Inline } from './tree.ts';

/** What a message does not have: it stays the characters that were typed. */
const absent = {
	disable: {
		null: [
			'htmlFlow',
			'htmlText',
			'headingAtx',
			'setextUnderline',
			'thematicBreak',
			'codeIndented',
			'definition',
			'labelStartImage',
			'characterReference',
		],
	},
};

/** Quotes and lists that one line may open; deeper ones take the parser too long, and nobody reads them. */
const deepest = 8;
/** The parser's time grows with the square of these. */
const mostMarks = 1000;
const mostContainers = 400;

const containers = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)))+/gm;
const marker = />|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)/g;

/** Whether a text is marked up so heavily that it is no prose, and would hold up the page. */
function isExcessive(body: string): boolean {
	if ((body.match(/[*_[\]]/g)?.length ?? 0) > mostMarks) return true;
	const lines = body.match(containers) ?? [];
	if (lines.length > mostContainers) return true;
	return lines.some((line) => (line.match(marker)?.length ?? 0) > deepest);
}

/** Brackets, quotation marks and stops of any script. Addresses have those of ASCII only, which the parser looks at. */
const foreignMark = String.raw`[[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Terminal_Punctuation}…‥＂＇]--[\x00-\x7f]]`;

/** A bare address and the mark that follows it at once, if one does. */
const bareAddress = new RegExp(
	String.raw`(?<!<|\]\(<?)((?:https?:\/\/|www\.)[[^\s]--${foreignMark}]+)(${foreignMark}?)`,
	'giv',
);

/** The parser ends an address at white space alone. Messages have no form feed, so it is taken out again. */
const addressEnd = ' \f';

const withAddressEnds = (body: string): string =>
	body.replaceAll(bareAddress, (all, address: string, mark: string) =>
		mark === '' ? all : address + addressEnd + mark,
	);

const asTyped = (text: string): string => text.replaceAll(addressEnd, '');

/** A text as it was typed, with its lines. */
function lines(text: string): Inline[] {
	return asTyped(text)
		.split('\n')
		.flatMap((line, index): Inline[] => [
			...(index > 0 ? [{ kind: 'break' } as const] : []),
			...(line === '' ? [] : [{ kind: 'text', text: line } as const]),
		]);
}

/** The address a link leads to, if it is one that may be followed. */
function safeAddress(url: string): string | null {
	if (!/^(?:https?:\/\/|mailto:)/i.test(url)) return null;
	return URL.canParse(url) ? url : null;
}

function inlines(nodes: readonly PhrasingContent[]): Inline[] {
	return nodes.flatMap((node): Inline[] => {
		switch (node.type) {
			case 'text':
				return lines(node.value);
			case 'break':
				return [{ kind: 'break' }];
			case 'inlineCode':
				return [{ kind: 'code', text: asTyped(node.value) }];
			case 'strong':
			case 'emphasis':
				return [{ kind: node.type, children: inlines(node.children) }];
			case 'link': {
				const children = inlines(node.children);
				const href = safeAddress(node.url);
				if (href) return [{ kind: 'link', href, children }];
				return [...children, { kind: 'text', text: ` (${node.url})` }];
			}
			default:
				return 'value' in node ? lines(node.value) : [];
		}
	});
}

function blocks(nodes: readonly RootContent[]): Block[] {
	return nodes.flatMap((node): Block[] => {
		switch (node.type) {
			case 'paragraph':
				return [{ kind: 'paragraph', children: inlines(node.children) }];
			case 'code':
				return [{ kind: 'code', text: asTyped(node.value), language: node.lang ?? null }];
			case 'blockquote':
				return [{ kind: 'quote', children: blocks(node.children) }];
			case 'list':
				return [
					{
						kind: 'list',
						start: node.ordered ? (node.start ?? 1) : null,
						items: node.children.map((item) => blocks(item.children)),
					},
				];
			default:
				return [];
		}
	});
}

/** A message's text as a tree. Never throws: what is no Markdown of ours is text. */
export function parseMessage(body: string): Block[] {
	if (isExcessive(body)) return [{ kind: 'paragraph', children: lines(body) }];
	const root: Nodes = fromMarkdown(withAddressEnds(body), {
		extensions: [gfmAutolinkLiteral(), absent],
		mdastExtensions: [gfmAutolinkLiteralFromMarkdown()],
	});
	return blocks(root.children);
}
