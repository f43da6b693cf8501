import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** Budgets in bytes of JavaScript as browsers get it, which is compressed with brotli. */
const budgets = {
	landing: 45_000,
	room: 140_000,
	panels: 99_000,
	chat: 104_500,
	people: 25_000,
	demo: 20_000,
	settings: 20_000,
	encryption: 11_500,
	language: 25_000,
};

const names: Record<keyof typeof budgets, string> = {
	landing: 'landing page',
	room: 'room page',
	panels: "call's panels and dialogs",
	chat: 'chat beside a call',
	people: 'list of people, and of what rings',
	demo: 'demo beyond a call',
	settings: 'settings over a call',
	encryption: 'end-to-end encrypted rooms',
	language: 'largest catalogue of another language',
};

/** One entry of Vite's manifest, as far as it matters here. */
export type Chunk = {
	file: string;
	css?: string[];
	imports?: string[];
	dynamicImports?: string[];
};
export type Manifest = Record<string, Chunk>;

/**
 * The keys of all chunks that the given ones need.
 * @param dynamic whether what is imported on demand counts too
 * @param except chunks that do not count where they are only imported on demand
 * @param loaded chunks that are there already, with all that they need
 */
export function closure(
	manifest: Manifest,
	keys: readonly string[],
	dynamic = false,
	except: ReadonlySet<string> = new Set(),
	loaded: ReadonlySet<string> = new Set(),
): Set<string> {
	const seen = new Set<string>();
	const open = [...keys];
	for (let key = open.pop(); key !== undefined; key = open.pop()) {
		if (seen.has(key) || loaded.has(key)) continue;
		const chunk = manifest[key];
		if (!chunk) throw new Error(`The build's manifest has no chunk ${key}`);
		seen.add(key);
		open.push(...(chunk.imports ?? []));
		if (dynamic) open.push(...(chunk.dynamicImports ?? []).filter((other) => !except.has(other)));
	}
	return seen;
}

/** The scripts that a built page names: preloads, elements, and what its start script imports. */
export function scriptsOf(html: string, read: (path: string) => string): string[] {
	const named = [...html.matchAll(/(?:href|src)="\/(_app\/[^"]+\.js)"/g)].map((m) => m[1] ?? '');
	const imported = named
		.filter((path) => path.includes('/entry/page.'))
		.flatMap((path) => [...read(path).matchAll(/import\("\/(_app\/[^"]+\.js)"\)/g)])
		.map((m) => m[1] ?? '');
	return [...new Set([...named, ...imported])];
}

/** Key of the chunk that SvelteKit made for a route's page. */
export function nodeOf(manifest: Manifest, webFolder: string, page: string): string {
	const nodes = Object.keys(manifest).filter((key) => /\/nodes\/\d+\.js$/.test(key));
	const node = nodes.find((key) => readFileSync(join(webFolder, key), 'utf8').includes(page));
	if (!node) throw new Error(`The build has no chunk for ${page}`);
	return node;
}

/** Compressed size of files, in bytes. */
function sizes(folder: string, files: Iterable<string>): { brotli: number; gzip: number } {
	let [brotli, gzip] = [0, 0];
	for (const file of files) {
		const content = readFileSync(join(folder, file));
		brotli += brotliCompressSync(content).length;
		gzip += gzipSync(content).length;
	}
	return { brotli, gzip };
}

/** Names in built code that must never reach somebody who only looks at the landing page. */
const callLibraries = /mediasoup-client|socket\.io-client|EngineIO|RTCPeerConnection/;

/**
 * Prints what the landing page, a call, its panels, the chat and the demo weigh.
 * @throws when a budget is exceeded, or the landing page loads what only calls need
 */
export function checkBundleSizes(options: {
	folder: string;
	manifest: Manifest;
	log: (line: string) => void;
}): void {
	const { folder, manifest } = options;
	const keyOf = new Map(Object.entries(manifest).map(([key, chunk]) => [chunk.file, key]));
	const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
	const filesFrom = (keys: Iterable<string>): string[] =>
		[...keys].map((key) => manifest[key]?.file ?? '').filter((file) => file.endsWith('.js'));

	const named = scriptsOf(read('index.html'), read);
	const start = named.flatMap((file) => keyOf.get(file) ?? []);
	const boot = readdirSync(join(folder, '_app/immutable/entry'))
		.filter((name) => /^page\..*\.js$/.test(name))
		.map((name) => `_app/immutable/entry/${name}`);
	// The start script loads SvelteKit's client by import(); that is needed for every page.
	const client = Object.keys(manifest).filter((key) => key.endsWith('/client/client-entry.js'));
	const landing = closure(manifest, [...start, ...client], false);

	const webFolder = dirname(folder);
	const room = nodeOf(manifest, webFolder, 'routes/room/[id]/+page.svelte');
	const shell = Object.keys(manifest).filter((key) => /\/(?:entry|app|nodes\/[01])\.js$/.test(key));
	const call = closure(manifest, [...shell, ...client], false);
	// A call loads the chat when somebody opens it: what the chat's page holds, and needs later.
	const chatPage = nodeOf(manifest, webFolder, 'routes/room/[id]/chat/+page.svelte');
	const chatOfCall = Object.keys(manifest).filter((key) => key.includes('/state/chatOfCall'));
	const inChat = closure(manifest, [chatPage, ...chatOfCall], false);
	// So are its panels, menus and dialogs, components that are imported on demand; what few calls need; and the
	// library of the toasts, which comes with the first of them.
	const onDemand =
		/\.svelte$|\/call\/engine\/extra\/|\/features\/settings\/|\/svelte-sonner\/|\/lib\/encryption\//;
	const opened = Object.keys(manifest).filter((key) => onDemand.test(key));
	// Who one is, what one has to be told, and what other pages than a call open.
	const ofSite =
		/\/features\/(?:admin|match|settings)\/|\/account\/ui\/\w+\.svelte$|\/(?:LanguagePicker|OwnRooms|OwnRoomMenu|VisitRoom)\.svelte$/;
	// What rings is on every page, once the page is there; the list of people is a page.
	const ofPeople = opened.filter((key) => /\/features\/people\//.test(key));
	// So are the settings, which are a page, too.
	const ofSettings = opened.filter((key) => /\/features\/settings\//.test(key));
	// Only the page of a room whose link has a key loads what seals and opens.
	const ofEncryption = opened.filter((key) =>
		/\/(?:lib|ui)\/encryption\/|\/(?:Fingerprint|NewEncryptedRoom)\.svelte$/.test(key),
	);
	const ofPanels = opened.filter(
		(key) => !ofSite.test(key) && !ofPeople.includes(key) && !ofEncryption.includes(key),
	);
	// English is in the code; people who read another language load that one beside it.
	const languages = Map.groupBy(
		Object.keys(manifest).filter((key) => key.startsWith('virtual:catalogue/')),
		(key) => key.split('/')[1],
	);
	const catalogues = new Set([...languages.values()].flat());
	const later = new Set([...inChat, ...opened, ...catalogues]);
	for (const key of closure(manifest, [room], true, later)) call.add(key);
	const notOfPanels = new Set([...inChat, ...catalogues, ...ofPeople, ...ofEncryption]);
	const panels = [...closure(manifest, ofPanels, true, notOfPanels, call)].filter(
		(key) => !inChat.has(key),
	);
	const notOfChat = new Set([...catalogues, ...ofEncryption]);
	const chat = [...closure(manifest, [chatPage, ...chatOfCall], true, notOfChat, call)];

	const peoplePage = nodeOf(manifest, webFolder, 'routes/people/+page.svelte');
	const people = [...closure(manifest, [peoplePage, ...ofPeople], false)].filter(
		(key) => !call.has(key) && !inChat.has(key) && !panels.includes(key),
	);

	const encryption = [...closure(manifest, ofEncryption, false)].filter(
		(key) => !call.has(key) && !panels.includes(key),
	);

	const demoPage = nodeOf(manifest, webFolder, 'routes/demo/+page.svelte');
	const elsewhere = new Set([...call, ...panels, ...chat, ...encryption]);
	const notOfDemo = new Set([...catalogues, ...ofSettings]);
	const demo = closure(manifest, [demoPage], true, notOfDemo, elsewhere);

	const settings = [...closure(manifest, ofSettings, false)].filter(
		(key) => !elsewhere.has(key) && !people.includes(key),
	);

	const landingFiles = new Set([...named, ...filesFrom(landing)]);
	const roomFiles = new Set([...boot, ...filesFrom(call)]);
	const largest = [...languages.values()].map((keys) => filesFrom(closure(manifest, keys, false)));
	largest.sort((one, other) => sizes(folder, other).brotli - sizes(folder, one).brotli);
	const failures: string[] = [];
	for (const [page, files] of [
		['landing', landingFiles],
		['room', roomFiles],
		['panels', new Set(filesFrom(panels))],
		['chat', new Set(filesFrom(chat))],
		['people', new Set(filesFrom(people))],
		['demo', new Set(filesFrom(demo))],
		['settings', new Set(filesFrom(settings))],
		['encryption', new Set(filesFrom(encryption))],
		['language', new Set(largest[0])],
	] as const) {
		const { brotli, gzip } = sizes(folder, files);
		const figures = `${(brotli / 1000).toFixed(1)} kB brotli, ${(gzip / 1000).toFixed(1)} kB gzip`;
		const budget = `${budgets[page] / 1000} kB brotli`;
		const what = names[page];
		options.log(`JavaScript of the ${what}: ${figures}, ${files.size} files (budget ${budget})`);
		if (brotli > budgets[page]) failures.push(`the ${what} is above ${budget}`);
	}
	for (const file of landingFiles) {
		if (callLibraries.test(read(file)))
			failures.push(`the landing page loads ${file}, made for calls`);
	}
	if (failures.length > 0) throw new Error(`JavaScript over budget: ${failures.join('; ')}`);
}
