/** How somebody and their room look in a drawn camera: colours as CSS writes them. */
export type Look = {
	wall: [string, string];
	skin: string;
	hair: string;
	/** How far the hair falls, in parts of the face's height: 0 is short. */
	hairLength: number;
	shirt: string;
};

export const looks: readonly Look[] = [
	{
		wall: ['#d9eee5', '#b9d8ca'],
		skin: '#d1946a',
		hair: '#221510',
		hairLength: 0.9,
		shirt: '#e2702f',
	},
	{
		wall: ['#f3e8cf', '#ddcfae'],
		skin: '#f6cfb0',
		hair: '#a5571f',
		hairLength: 0,
		shirt: '#1f716b',
	},
	{
		wall: ['#dbe7f8', '#b3c9e8'],
		skin: '#7d4a2b',
		hair: '#14100f',
		hairLength: 0.4,
		shirt: '#eac441',
	},
	{
		wall: ['#f8e0da', '#e8bfb8'],
		skin: '#efc298',
		hair: '#15171c',
		hairLength: 0.1,
		shirt: '#4252a6',
	},
];

/** Runs in the page: a drawing of somebody who moves a little takes the place of the camera. */
export function drawnCamera({ wall, skin, hair, hairLength, shirt }: Look): void {
	const { getUserMedia } = navigator.mediaDevices;
	const [width, height] = [640, 360];

	function draw(context: CanvasRenderingContext2D, time: number): void {
		const ellipse = (x: number, y: number, across: number, down: number, colour: string) => {
			context.fillStyle = colour;
			context.beginPath();
			context.ellipse(x, y, across, down, 0, 0, 2 * Math.PI);
			context.fill();
		};
		const box = (x: number, y: number, across: number, down: number, colour: string) => {
			context.fillStyle = colour;
			context.beginPath();
			context.roundRect(x, y, across, down, 6);
			context.fill();
		};
		const light = context.createLinearGradient(0, 0, width, height);
		light.addColorStop(0, wall[0]);
		light.addColorStop(1, wall[1]);
		context.fillStyle = light;
		context.fillRect(0, 0, width, height);
		// A window and a shelf.
		for (const [x, y] of [
			[488, 40],
			[548, 40],
			[488, 108],
			[548, 108],
		] as const)
			box(x, y, 54, 62, 'rgb(255 255 255 / 0.55)');
		box(28, 210, 118, 8, 'rgb(60 50 40 / 0.35)');
		for (const [index, tall] of [34, 46, 28].entries())
			box(42 + index * 24, 210 - tall, 18, tall, `rgb(60 50 40 / ${0.15 + index * 0.08})`);

		const x = 320 + 4 * Math.sin(time / 1300);
		const y = 165 + 2 * Math.sin(time / 900);
		if (hairLength > 0) box(x - 69, y - 30, 138, 60 + 100 * hairLength, hair);
		ellipse(x, y - 22, 70, 72, hair);
		ellipse(320, 372, 132, 118, shirt);
		box(x - 24, y + 40, 48, 70, skin);
		ellipse(x, y, 56, 70, skin);
		context.save();
		context.beginPath();
		context.rect(x - 70, y - 100, 140, 66);
		context.clip();
		ellipse(x, y - 22, 62, 62, hair);
		context.restore();
		const blinks = time % 4200 < 140;
		for (const side of [-1, 1]) {
			ellipse(x + side * 22, y - 6, 5, blinks ? 1 : 6, '#1c1512');
			box(x + side * 22 - 10, y - 22, 20, 4, hair);
		}
		context.strokeStyle = '#8c2f24';
		context.lineWidth = 5;
		context.lineCap = 'round';
		context.beginPath();
		context.arc(x, y + 20, 20, 0.25 * Math.PI, 0.75 * Math.PI);
		context.stroke();
	}

	navigator.mediaDevices.getUserMedia = async (constraints) => {
		if (!constraints?.video) return getUserMedia.call(navigator.mediaDevices, constraints);
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [width, height];
		const context = canvas.getContext('2d');
		if (context) setInterval(() => draw(context, performance.now()), 100);
		return canvas.captureStream(10);
	};
}
