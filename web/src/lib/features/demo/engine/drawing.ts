/** Draws one moment of a picture. `at` is in seconds; `speaking` says whether the person in the picture speaks. */
export type Draw = (
	brush: CanvasRenderingContext2D,
	moment: { at: number; speaking: boolean },
) => void;

const fullCircle = Math.PI * 2;

function disc(brush: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
	brush.beginPath();
	brush.arc(x, y, radius, 0, fullCircle);
	brush.fill();
}

/** A person before a coloured wall, who sways a little and moves the mouth to speak. Each number looks different. */
export function person(number: number): Draw {
	// The golden angle: neighbours differ most.
	const hue = (number * 137.5 + 160) % 360;
	const shirt = (hue + 150 + (number % 5) * 12) % 360;
	const skin = ['#f0c8a8', '#c98f65', '#8d5a3b', '#e3b18b', '#6f4630'][number % 5] ?? '#e3b18b';
	const hair =
		['#2d2320', '#6b4a2f', '#b98a4e', '#8a8a8a', '#3a2418', '#a3522e'][number % 6] ?? '#2d2320';
	return (brush, { at, speaking }) => {
		const { width, height } = brush.canvas;
		const time = at + number * 1.7;
		const wall = brush.createLinearGradient(0, 0, width, height);
		wall.addColorStop(0, `hsl(${hue} 38% ${40 + 6 * Math.sin(time / 3)}%)`);
		wall.addColorStop(1, `hsl(${(hue + 40) % 360} 42% 22%)`);
		brush.fillStyle = wall;
		brush.fillRect(0, 0, width, height);
		brush.fillStyle = `hsl(${hue} 60% 75% / 0.16)`;
		disc(brush, width * (0.2 + 0.06 * Math.sin(time / 4)), height * 0.3, height * 0.3);
		disc(brush, width * (0.83 + 0.05 * Math.cos(time / 5)), height * 0.62, height * 0.22);

		const x = width / 2 + width * 0.015 * Math.sin(time * 0.8);
		const nod = speaking ? 0.012 * Math.sin(time * 5) : 0;
		const y = height * (0.44 + 0.006 * Math.sin(time * 1.3) + nod);
		const head = height * 0.17;
		brush.fillStyle = `hsl(${shirt} 40% 45%)`;
		brush.beginPath();
		brush.ellipse(x, height * 1.04, height * 0.4, height * 0.4, 0, 0, fullCircle);
		brush.fill();
		brush.fillStyle = skin;
		brush.fillRect(x - head * 0.35, y + head * 0.7, head * 0.7, head * 0.7);
		brush.fillStyle = hair;
		disc(brush, x, y - head * 0.16, head * 1.1);
		brush.fillStyle = skin;
		brush.beginPath();
		brush.ellipse(x, y + head * 0.14, head * 0.88, head * 1.02, 0, 0, fullCircle);
		brush.fill();

		brush.fillStyle = '#241c1a';
		// Eyes close for a moment every few seconds.
		const open = time % 4.3 < 0.18 ? 0.02 : 0.12;
		for (const side of [-1, 1]) {
			brush.beginPath();
			brush.ellipse(x + side * head * 0.34, y, head * 0.09, head * open, 0, 0, fullCircle);
			brush.fill();
		}
		const mouth = speaking ? 0.08 + 0.1 * Math.abs(Math.sin(time * 8)) : 0.03;
		brush.fillStyle = '#7c2f2a';
		brush.beginPath();
		brush.ellipse(x, y + head * 0.62, head * 0.28, head * mouth, 0, 0, fullCircle);
		brush.fill();
	};
}

/** A shared screen: a page with lines and a chart that grows, and a pointer that wanders. No words in it. */
export function screen(number: number): Draw {
	const hue = (number * 137.5 + 160) % 360;
	return (brush, { at }) => {
		const unit = brush.canvas.width / 64;
		const bar = (x: number, y: number, across: number, down: number, colour: string) => {
			brush.fillStyle = colour;
			brush.fillRect(x * unit, y * unit, across * unit, down * unit);
		};
		bar(0, 0, 64, 36, '#f7f7f5');
		bar(0, 0, 64, 3, '#dcdfe1');
		['#d9655b', '#e0b04c', '#67b26f'].forEach((colour, place) => {
			brush.fillStyle = colour;
			disc(brush, (2 + place * 1.8) * unit, 1.5 * unit, 0.55 * unit);
		});
		bar(4, 6, 22, 1.6, '#2c3a40');
		const lines = 9;
		for (let line = 0; line < lines; line++)
			bar(4, 10 + line * 2.4, 15 + ((line * 7 + number) % 9), 0.8, '#aab4b8');
		bar(32, 31, 28, 0.2, '#2c3a40');
		const columns = 7;
		for (let column = 0; column < columns; column++) {
			const tall = 10 + 8 * Math.sin(at / 2 + column * 0.9 + number);
			bar(33 + column * 3.9, 31 - tall, 2.6, tall, `hsl(${hue + column * 9} 45% 48%)`);
		}
		const x = (32 + 20 * Math.sin(at * 0.6)) * unit;
		const y = (19 + 10 * Math.sin(at * 0.83 + 1)) * unit;
		brush.fillStyle = '#14191b';
		brush.beginPath();
		brush.moveTo(x, y);
		brush.lineTo(x, y + 2 * unit);
		brush.lineTo(x + 1.4 * unit, y + 1.4 * unit);
		brush.closePath();
		brush.fill();
	};
}
