/** An observer of which each method calls this. */
export function observerOf<O extends object>(tell: (name: never, told: unknown) => void): O {
	const methods = new Map<string | symbol, (told: unknown) => void>();
	return new Proxy({} as O, {
		get(_, name) {
			const known = methods.get(name) ?? ((told: unknown) => tell(name as never, told));
			methods.set(name, known);
			return known;
		},
	});
}
