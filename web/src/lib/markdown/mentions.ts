import type { Block, Inline } from './tree.ts';

/** Somebody whom a message names. */
export type Named = { readonly name: string; readonly you: boolean };

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Finds `@Name` of any of them, the longest name first; null for nobody. */
function pattern(named: readonly Named[]): RegExp | null {
	if (named.length === 0) return null;
	const names = named.map(({ name }) => name).sort((a, b) => b.length - a.length);
	return new RegExp(
		`(?<![\\p{L}\\p{N}_])@(?:${names.map(escaped).join('|')})(?![\\p{L}\\p{N}_])`,
		'giu',
	);
}

function marked(text: string, find: RegExp, named: readonly Named[]): Inline[] {
	const parts: Inline[] = [];
	let at = 0;
	for (const match of text.matchAll(find)) {
		if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
		const name = match[0].slice(1).toLowerCase();
		const you = named.some((one) => one.you && one.name.toLowerCase() === name);
		parts.push({ kind: 'mention', text: match[0], you });
		at = match.index + match[0].length;
	}
	if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
	return parts;
}

/** The same tree with the names of those it mentions set apart; not in code, and not in links. */
export function withMentions(tree: readonly Block[], named: readonly Named[]): Block[] {
	const find = pattern(named);
	if (!find) return [...tree];
	const inline = (node: Inline): Inline[] => {
		switch (node.kind) {
			case 'text':
				return marked(node.text, find, named);
			case 'strong':
			case 'emphasis':
				return [{ ...node, children: node.children.flatMap(inline) }];
			default:
				return [node];
		}
	};
	const block = (node: Block): Block => {
		switch (node.kind) {
			case 'paragraph':
				return { ...node, children: node.children.flatMap(inline) };
			case 'quote':
				return { ...node, children: node.children.map(block) };
			case 'list':
				return { ...node, items: node.items.map((item) => item.map(block)) };
			case 'code':
				return node;
		}
	};
	return tree.map(block);
}
