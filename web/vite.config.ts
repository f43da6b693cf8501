import { fileURLToPath } from 'node:url';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin, type ProxyOptions } from 'vite';
import { messageCatalogues } from './bundler/catalogues.ts';
import { pageChunks } from './bundler/pageChunks.ts';
import { parleySite } from './bundler/parleySite.ts';
import { leftOut } from './bundler/leftOut.ts';
import { siteBase } from './bundler/siteBase.ts';

/** In development the SFU runs beside Vite and answers what is not a page. */
const sfuPort = process.env['PARLEY_HTTP_PORT'] ?? '3000';
const sfu: ProxyOptions = { target: `http://localhost:${sfuPort}`, ws: true };

/** Uploads resolve addresses by the browser's own URL, instead of a library for browsers that had none. */
const nativeUrl: Plugin = {
	name: 'native-url',
	enforce: 'pre',
	resolveId: (id) => (id === 'url-parse' ? '\0url-parse' : null),
	load: (id) =>
		id === '\0url-parse'
			? 'export default function (link, base) { return new URL(link, new URL(base, location.href)); }'
			: null,
};

const chunks = pageChunks();

export default defineConfig(({ command }) => ({
	server: {
		port: 5173,
		strictPort: true,
		proxy: {
			'/socket.io': sfu,
			'/api': sfu,
			'/healthz': sfu,
			'/readyz': sfu,
			'/metrics': sfu,
			'/robots.txt': sfu,
			'/new': sfu,
		},
	},
	resolve: {
		alias: [
			{
				// Its browser build asks the DOM, by innerHTML. What people write never goes there.
				find: 'decode-named-character-reference',
				replacement: fileURLToPath(
					new URL('../node_modules/decode-named-character-reference/index.js', import.meta.url),
				),
			},
			{
				// What each of Lucide's icons is drawn by.
				find: /^\.\.\/Icon\.svelte$/,
				replacement: fileURLToPath(new URL('src/lib/design/Icon.svelte', import.meta.url)),
			},
		],
	},
	build: { target: 'es2022' },
	environments: {
		client: {
			build: { rolldownOptions: { output: { codeSplitting: { groups: chunks.groups } } } },
		},
	},
	plugins: [
		leftOut(),
		nativeUrl,
		chunks.plugin,
		messageCatalogues(),
		sveltekit({
			compilerOptions: { runes: true },
			adapter: parleySite(),
			// `lib/push` registers it, once the page is there.
			serviceWorker: { register: false },
			// The start script becomes a file of its own, and a relative import() in it would be
			// resolved against that file instead of the page.
			paths: { relative: false, base: command === 'build' ? siteBase : '' },
		}),
	],
}));
