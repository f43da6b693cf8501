import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Call } from '../../../web/src/lib/features/call/engine/call.ts';
import type { ChatClient } from '../../../web/src/lib/features/chat/engine/chatClient.ts';
import type { Matching } from '../../../web/src/lib/features/match/engine/matching.ts';
import type { BotPage } from './botPage.ts';

/*
 * The client's code belongs to a page: it keeps the page's connection in a module, and asks the page's globals. So each
 * bot has the modules of `web/src/lib` for itself, with the globals of its own page in their scope.
 */

const root = new URL('../../../', import.meta.url).href;
const client = new URL('web/src/lib/', root).href;
/** What a page has in the place of a package: the same package, bound to the page. */
const bound: Record<string, string> = {
	'socket.io-client': new URL('pageSocket.ts', import.meta.url).href,
	'mediasoup-client': new URL('pageDevice.ts', import.meta.url).href,
};
/** The code of each module, without types. */
const code = new Map<string, string>();

const pages = new Map<string, BotPage>();

/** The page whose module this is, by the `import.meta.url` of the module. */
export function pageOf(url: string): BotPage {
	const page = pages.get(pageIn(url) ?? '');
	if (!page) throw new Error(`${url} belongs to no page`);
	return page;
}

const pageIn = (url: string | undefined): string | null =>
	url?.startsWith(root) ? new URL(url).searchParams.get('page') : null;

const ofPage = (url: string, page: string) => `${url}?page=${page}`;

registerHooks({
	resolve(specifier, context, next) {
		const page = pageIn(context.parentURL);
		const stands = bound[specifier];
		if (page !== null && stands && context.parentURL?.startsWith(client))
			return { url: ofPage(stands, page), shortCircuit: true };
		const resolved = next(specifier, context);
		return page !== null && resolved.url.startsWith(client)
			? { ...resolved, url: ofPage(resolved.url, page) }
			: resolved;
	},
	load(url, context, next) {
		if (!url.startsWith(client) || pageIn(url) === null) return next(url, context);
		const names = Object.keys(pageOf(url).globals).join(', ');
		// On the first line, so that the lines of errors stay right.
		const scope = `import { pageOf } from '${import.meta.url}'; const { ${names} } = pageOf(import.meta.url).globals; `;
		return { format: 'module', source: scope + codeOf(fileURLToPath(url)), shortCircuit: true };
	},
});

function codeOf(file: string): string {
	const known = code.get(file) ?? stripTypeScriptTypes(readFileSync(file, 'utf8'));
	code.set(file, known);
	return known;
}

/** The client's code as one page has it. */
export type ClientCode = {
	Call: typeof Call;
	ChatClient: typeof ChatClient;
	Matching: typeof Matching;
};

/** The modules that each page needs. */
const modules = {
	room: ['features/call/engine/call.ts', 'features/chat/engine/chatClient.ts'],
	next: ['features/match/engine/matching.ts'],
} as const;

/** Loads the client's code for a page of this kind. The page keeps it for good: modules are never unloaded. */
export async function loadClient(page: BotPage, kind: keyof typeof modules): Promise<ClientCode> {
	pages.set(page.id, page);
	const loaded = await Promise.all(
		modules[kind].map((path) => import(ofPage(new URL(path, client).href, page.id))),
	);
	return Object.assign({}, ...loaded) as ClientCode;
}
