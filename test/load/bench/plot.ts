import type { Plot } from './report.ts';

const size = { width: 640, height: 320 };
const margin = { left: 64, right: 16, top: 40, bottom: 48 };
/** Colours that people with any kind of sight can tell apart, on white and on black (Okabe and Ito). */
const colours = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];
/** About how many numbers stand at an axis. */
const ticks = 5;

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Round numbers from the least to the most: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf(least: number, most: number): number[] {
	const rough = Math.max(most - least, Number.EPSILON) / ticks;
	const power = 10 ** Math.floor(Math.log10(rough));
	const step = ([1, 2, 5].find((times) => times * power >= rough) ?? 10) * power;
	const first = Math.ceil(least / step);
	const count = Math.max(1, Math.floor(most / step + 1e-9) - first + 1);
	return Array.from({ length: count }, (_, index) =>
		Number(((first + index) * step).toPrecision(12)),
	);
}

type Scale = (value: number) => number;

/** From values to pixels, so that all of them and zero fit. */
function scaleOf(values: readonly number[], from: number, to: number): [Scale, number[]] {
	const [least, most] = [Math.min(0, ...values), Math.max(...values, 1e-9)];
	const scale: Scale = (value) => from + ((value - least) / (most - least)) * (to - from);
	return [scale, ticksOf(least, most)];
}

/** The plot as an image in SVG: lines over axes that begin with zero. */
export function svgOf({ title, x, y, lines }: Plot): string {
	const points = lines.flatMap((line) => line.points);
	const { width, height } = size;
	const [right, bottom] = [width - margin.right, height - margin.bottom];
	const [toX, xTicks] = scaleOf(
		points.map(([each]) => each),
		margin.left,
		right,
	);
	const [toY, yTicks] = scaleOf(
		points.map(([, each]) => each),
		bottom,
		margin.top,
	);
	const number = (value: number) => value.toFixed(1);
	const grid = [
		...xTicks.map((value) => {
			const at = number(toX(value));
			return `<path class="grid" d="M${at} ${margin.top}V${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${value}</text>`;
		}),
		...yTicks.map((value) => {
			const at = toY(value);
			return `<path class="grid" d="M${margin.left} ${number(at)}H${right}"/><text x="${margin.left - 6}" y="${number(at + 4)}" text-anchor="end">${value}</text>`;
		}),
	];
	const drawn = lines.map((line, index) => {
		const path = line.points.map(([one, other]) => `${number(toX(one))} ${number(toY(other))}`);
		const colour = colours[index % colours.length];
		const place = margin.top + 14 + index * 16;
		return `<path fill="none" stroke="${colour}" stroke-width="2" d="M${path.join('L')}"/><text x="${right - 4}" y="${place}" text-anchor="end" style="fill:${colour}">${escaped(line.name)}</text>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>text{font:12px sans-serif;fill:#222}.grid{stroke:#ddd}</style>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="${margin.left}" y="20" style="font-weight:bold">${escaped(title)}</text>
${[...grid, ...drawn].join('\n')}
<text x="${(margin.left + right) / 2}" y="${height - 10}" text-anchor="middle">${escaped(x)}</text>
<text transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>
</svg>
`;
}
