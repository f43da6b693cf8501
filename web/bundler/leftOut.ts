import type { Plugin } from 'vite';

/** What packages load though no page runs it, by a part of the importer's path, and what stands in its place. */
const unused: readonly { in: string; source: RegExp; instead: string }[] = [
	{
		// Handlers for browsers older than those in docs/using.md and for apps that are no browsers, and what its own tests
		// use.
		in: '/mediasoup-client/lib/',
		source: /^\.\/(?:handlers\/(?:Chrome74|ReactNative106|FakeHandler)|test\/fakeParameters)$/,
		instead: 'module.exports = {};',
	},
	{
		// What mediasoup-client and its parts would print where somebody asks for it in the console. The page has a log of
		// its own, which "Copy diagnostics" takes along.
		in: '/node_modules/',
		source: /^debug$/,
		instead: 'module.exports = () => () => undefined;',
	},
	{
		// Compares profiles of H.264, which our routers do not offer (sfu/media/worker/codecs.ts).
		in: '/mediasoup-client/lib/',
		source: /^h264-profile-level-id$/,
		instead: 'module.exports = {};',
	},
	{
		// SvelteKit's format for data of a server, which no page here has. What pages keep in their history is JSON.
		in: '/@sveltejs/kit/src/runtime/',
		source: /^devalue$/,
		instead: `
			export const stringify = (value) => JSON.stringify(value);
			export const parse = (text) => JSON.parse(text);
			export function unflatten() {
				throw new Error('data of a server came, which web/bundler/leftOut.ts has left out');
			}
		`,
	},
];
const prefix = '\0parley:instead-';

/** Leaves that out of the pages: the bundler cannot find out by itself. */
export function leftOut(): Plugin {
	return {
		name: 'parley:left-out',
		enforce: 'pre',
		applyToEnvironment: ({ name }) => name === 'client',
		resolveId(source, importer) {
			const index = unused.findIndex(
				(part) => part.source.test(source) && importer?.includes(part.in),
			);
			return index < 0 ? null : `${prefix}${index}`;
		},
		load(id) {
			return id.startsWith(prefix) ? unused[Number(id.slice(prefix.length))]?.instead : null;
		},
	};
}
