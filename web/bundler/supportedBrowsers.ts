import type { Plugin } from 'vite';

/**
 * Parts of mediasoup-client that no page runs: handlers for browsers older than those in docs/using.md and for apps that
 * are no browsers, and what its own tests use.
 */
const unused = /^\.\/(?:handlers\/(?:Chrome74|ReactNative106|FakeHandler)|test\/fakeParameters)$/;
const nothing = '\0parley:nothing';

/** Leaves them out of the pages: mediasoup-client is CommonJS, so that the bundler cannot find out by itself. */
export function supportedBrowsers(): Plugin {
	return {
		name: 'parley:supported-browsers',
		enforce: 'pre',
		resolveId(source, importer) {
			return unused.test(source) && importer?.includes('/mediasoup-client/lib/') ? nothing : null;
		},
		load(id) {
			return id === nothing ? 'module.exports = {};' : null;
		},
	};
}
