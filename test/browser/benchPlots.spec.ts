import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../support/browser.ts';
import { themes } from '../support/views.ts';

const folder = join(import.meta.dirname, '../../docs/bench');
const files = readdirSync(folder).filter((file) => file.endsWith('.svg'));
const pictures = [
	...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/!\[([^\]]*)\]\(([^)]+\.svg)\)/g),
].map(([, words = '', file = '']) => ({ words, file }));

/** The least contrast of large signs and of lines, and that of words, by which people can tell them from their ground. */
const [ofLines, ofWords] = [2, 4.5];

/** What a plot that is open as a document shows: its name, its words and its lines, each with its contrast to the ground. */
function partsOf(): {
	name: string | null;
	words: { text: string; contrast: number; isInside: boolean; isOfLine: boolean }[];
	lines: { contrast: number; length: number }[];
} {
	const luminance = (colour: string) => {
		const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
			const share = Number(part) / 255;
			return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
		});
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	const svg = document.querySelector('svg');
	const ground = svg?.querySelector('rect');
	if (!svg || !ground) throw new Error('there is no plot with a ground of its own');
	const lightest = luminance(getComputedStyle(ground).fill);
	const contrast = (colour: string) => {
		const [dark = 0, light = 0] = [luminance(colour), lightest].sort((a, b) => a - b);
		return (light + 0.05) / (dark + 0.05);
	};
	const space = ground.getBoundingClientRect();
	const lines = [...svg.querySelectorAll<SVGPathElement>('path[fill=none]')].map((line) => ({
		colour: getComputedStyle(line).stroke,
		length: line.getTotalLength(),
	}));
	const words = [...svg.querySelectorAll('text')].map((text) => {
		const { left, right, top, bottom } = text.getBoundingClientRect();
		const { fill } = getComputedStyle(text);
		return {
			text: text.textContent,
			contrast: contrast(fill),
			isInside:
				left >= space.left && right <= space.right && top >= space.top && bottom <= space.bottom,
			isOfLine: lines.some(({ colour }) => colour === fill),
		};
	});
	return {
		name: svg.getAttribute('aria-label'),
		words,
		lines: lines.map(({ colour, length }) => ({ contrast: contrast(colour), length })),
	};
}

test('the plots of the benchmarks open as pictures, with titles and axes that can be read in light and dark', async ({
	person,
}) => {
	expect(pictures.map(({ file }) => file).toSorted()).toEqual(files.toSorted());
	const { page } = await person('Reader');
	const images = pictures.map(
		({ words, file }) => `<img src="${file}" alt="${words}" width="640" style="display:block">`,
	);
	await page.route('**/bench/**', (route) => {
		const file = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
		if (files.includes(file)) return route.fulfill({ path: join(folder, file) });
		const head = '<!doctype html><meta name="color-scheme" content="light dark">';
		const body = `${head}<main style="width:640px">${images.join('')}</main>`;
		return route.fulfill({ contentType: 'text/html', body });
	});
	await page.goto('/bench/');
	for (const { words } of pictures) {
		expect(words).not.toBe('');
		const picture = page.getByRole('img', { name: words, exact: true }).first();
		await expect(picture).toBeVisible();
		const width = await picture.evaluate(async (image: HTMLImageElement) => {
			await image.decode();
			return image.naturalWidth;
		});
		expect(width).toBeGreaterThan(0);
	}
	// They bring their own ground, so that they look the same on every page.
	const light = await page.getByRole('main').screenshot();
	await page.emulateMedia(themes.dark);
	expect((await page.getByRole('main').screenshot()).equals(light)).toBe(true);

	for (const { words: title, file } of pictures) {
		await page.goto(`/bench/${file}`);
		const { name, words, lines } = await page.evaluate(partsOf);
		expect(name).toBe(title);
		expect(words.map(({ text }) => text)).toContain(title);
		const numbers = words.filter(({ text }) => /^[\d.]+$/.test(text));
		expect(numbers.length, `${file}: numbers at the axes`).toBeGreaterThan(4);
		// The title, what each axis shows, and a name for each line.
		expect(words.length - numbers.length).toBeGreaterThanOrEqual(3 + lines.length);
		for (const { text, contrast, isInside, isOfLine } of words) {
			expect(isInside, `${file}: "${text}" is within the picture`).toBe(true);
			const least = isOfLine ? ofLines : ofWords;
			expect(contrast, `${file}: contrast of "${text}"`).toBeGreaterThan(least);
		}
		expect(lines.length).toBeGreaterThan(0);
		for (const { contrast, length } of lines) {
			expect(length).toBeGreaterThan(0);
			expect(contrast, `${file}: contrast of a line`).toBeGreaterThan(ofLines);
		}
	}
});
