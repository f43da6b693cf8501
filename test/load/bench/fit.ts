/** A line through points by least squares: how much y grows with each x, and how much of the spread of y it explains (R², 0 to 1). */
export type Fit = { slope: number; fit: number };

export function fitOf(points: readonly (readonly [x: number, y: number])[]): Fit {
	const mean = (of: (point: readonly [number, number]) => number) =>
		points.reduce((sum, point) => sum + of(point), 0) / points.length;
	const [x, y] = [mean((point) => point[0]), mean((point) => point[1])];
	const covariance = mean((point) => (point[0] - x) * (point[1] - y));
	const [ofX, ofY] = [mean((point) => (point[0] - x) ** 2), mean((point) => (point[1] - y) ** 2)];
	return { slope: covariance / ofX, fit: covariance ** 2 / (ofX * ofY) };
}
