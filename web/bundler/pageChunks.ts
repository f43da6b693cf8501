import type { Plugin, Rolldown } from 'vite';

/** A page, or what frames every page, among the modules of the routes. */
const routeFile = /\/src\/routes\/(.*)\+(page|layout)\.svelte$/;

/** What every page needs, or has loaded before: people mostly begin at the first page. */
const site: readonly string[] = ['+layout', '+page'];
const room = 'room/[id]/+page';
const calls: readonly string[] = [room, 'next/+page', 'demo/+page'];

/**
 * Gathers modules that the same pages need in any case in one file: a few larger files load sooner than many small ones, and
 * compress better. What loads on demand stays apart.
 */
export function pageChunks(): { plugin: Plugin; groups: Rolldown.CodeSplittingGroup[] } {
	/** By module: the routes that need it in any case. */
	const needed = new Map<string, Set<string>>();

	function reach(ctx: Rolldown.PluginContext, page: string, route: string): void {
		const open = [page];
		for (let id = open.pop(); id !== undefined; id = open.pop()) {
			const by = needed.get(id) ?? new Set();
			if (by.has(route)) continue;
			needed.set(id, by.add(route));
			open.push(...(ctx.getModuleInfo(id)?.importedIds ?? []));
		}
	}
	const plugin: Plugin = {
		name: 'page-chunks',
		apply: 'build',
		buildEnd() {
			needed.clear();
			for (const id of this.getModuleIds()) {
				const [, path = '', kind] = routeFile.exec(id) ?? [];
				if (kind) reach(this, id, `${path}+${kind}`);
			}
		},
	};

	const by = (id: string) => [...(needed.get(id) ?? [])];
	const byRoom = (id: string) => by(id).includes(room);
	const byOthers = (id: string) => by(id).some((route) => !calls.includes(route));
	return {
		plugin,
		// A group takes along what its modules need, unless one of a higher priority has it.
		groups: [
			// SvelteKit's start fills the payload before it loads all that reads it, and needs the preloader for that.
			{ name: 'payload', priority: 5, test: /\/runtime\/client\/payload\.js$/ },
			{ name: 'preloader', priority: 5, test: /vite\/preload-helper\.js$/ },
			{ name: 'site', priority: 4, test: (id) => by(id).some((route) => site.includes(route)) },
			{ name: 'common', priority: 3, test: (id) => byRoom(id) && byOthers(id) },
			{ name: 'call', priority: 2, test: (id) => byRoom(id) && by(id).length > 1 },
			{ name: 'room', priority: 1, test: byRoom },
		],
	};
}
