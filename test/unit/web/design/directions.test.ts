import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../../web/src');

/** What places things at the left or the right where there is a property that follows the script. */
const physical =
	/^(?:(?:scroll-)?(?:margin|padding)-|border-)?(?:left|right)(?:-(?:width|style|color))?$|^border-(?:top|bottom)-(?:left|right)-radius$/;
/** Shorthands of the four sides, in the order top, right, bottom, left. */
const fourSides = /^(?:(?:scroll-)?(?:margin|padding)|inset|border-(?:width|style|color))$/;
/** A notch stays where it is, whichever way a script runs. */
const ofScreen = /--safe-(?:left|right)/;

/** What may place things at the left or the right: the style of a file, and why. */
const exceptions: Readonly<Record<string, string>> = {
	'lib/features/call/ui/pictureInPicture/PipVideo.svelte inset': 'nobody sees it',
	'lib/features/call/ui/stage/Invitation.svelte inset': 'the stage says where it stands',
	'lib/features/call/ui/stage/Pager.svelte inset': 'the stage says where it stands',
	'lib/features/call/ui/stage/ScreenTile.svelte inset': 'the stage says where it stands',
	'lib/features/call/ui/stage/Tile.svelte inset': 'the stage says where it stands',
	'lib/features/match/ui/MatchScreen.svelte inset': 'a person drags it',
};

/** The values of a shorthand; what stands in brackets is one. */
const valuesOf = (value: string): string[] =>
	value.match(/(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+/g) ?? [];

/** Whether a declaration has one side in mind that is not the same for every script. */
function hasSide(property: string, value: string): boolean {
	if (/^(?:margin|padding|inset)-inline/.test(property)) return ofScreen.test(value);
	if (ofScreen.test(value)) return false;
	if (physical.test(property)) return true;
	if (/^(?:text-align|float|clear)$/.test(property)) return /\b(?:left|right)\b/.test(value);
	const [first, second = first, third = first, fourth = second] = valuesOf(value);
	if (property === 'border-radius') return first !== second || third !== fourth;
	return fourSides.test(property) && second !== fourth;
}

/** The declarations of a style sheet that have a side, but for those of rules for one direction. */
function sidesIn(css: AST.CSS.StyleSheet | null, source: string): string[] {
	const found: string[] = [];
	const look = (nodes: readonly AST.CSS.Node[]): void => {
		for (const node of nodes) {
			if (node.type === 'Declaration') {
				if (hasSide(node.property, node.value)) found.push(`${node.property}: ${node.value}`);
			} else if (node.type === 'Rule') {
				const selector = source.slice(node.prelude.start, node.prelude.end);
				if (!selector.includes(':dir(')) look(node.block.children);
			} else if (node.type === 'Atrule' && node.block) look(node.block.children);
		}
	};
	look(css?.children ?? []);
	return found;
}

const sidesOf = (source: string): string[] => sidesIn(parse(source, { modern: true }).css, source);

describe('a style', () => {
	it.each([
		'margin-left: 1rem',
		'right: 0',
		'border-left: 1px solid',
		'border-top-left-radius: 4px',
		'text-align: left',
		'float: right',
		'padding: 0 1rem 0 2rem',
		'inset: auto 0 0 auto',
		'border-radius: 4px 0 0 4px',
		'padding-inline: var(--safe-left) 0',
	])('has a side: %s', (declaration) => {
		expect(sidesOf(`<style>a { ${declaration}; }</style>`)).toEqual([declaration]);
		expect(sidesOf(`<style>@media print { a { ${declaration}; } }</style>`)).toHaveLength(1);
		expect(sidesOf(`<style>a:dir(rtl) { ${declaration}; }</style>`)).toEqual([]);
	});

	it.each([
		'margin-inline-start: 1rem',
		'inset: 0',
		'padding: 0 1rem',
		'padding: 0 1rem 2rem 1rem',
		'padding: 0 calc(1rem + (2 * 1px)) 0 calc(1rem + (2 * 1px))',
		'padding: 0 calc(1rem + var(--safe-right)) 0 calc(1rem + var(--safe-left))',
		'padding-left: calc(1rem + var(--safe-left))',
		'border-radius: 4px 4px 0 0',
		'border-radius: 4px',
		'text-align: start',
		'justify-content: center',
	])('has none: %s', (declaration) => {
		expect(sidesOf(`<style>a { ${declaration}; }</style>`)).toEqual([]);
	});
});

it('all styles run the way that the script runs', () => {
	const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
		.map((path) => path.replaceAll('\\', '/'))
		.filter((path) => /\.(?:svelte|css)$/.test(path));
	expect(files.length).toBeGreaterThan(150);
	const found = files.flatMap((path) => {
		const text = readFileSync(join(root, path), 'utf8');
		const source = path.endsWith('.css') ? `<style>${text}</style>` : text;
		return sidesOf(source).map((declaration) => `${path} ${declaration.split(':')[0]}`);
	});
	expect([...new Set(found)].toSorted()).toEqual(Object.keys(exceptions).toSorted());
});
