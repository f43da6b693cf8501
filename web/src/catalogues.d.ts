/** What the build makes of the message catalogues; see bundler/catalogues.ts. */
declare module 'virtual:catalogues' {
	import type { CompiledElement } from 'wuchale';
	import type { Area } from '#lib/language/areas.ts';

	/** Texts by the short name of the source file they stand in. */
	export type Catalogue = Readonly<Record<string, CompiledElement[]>>;
	type Load = () => Promise<{ readonly default: Catalogue }>;
	export const catalogues: Readonly<Partial<Record<string, Readonly<Record<Area, Load>>>>>;
}
