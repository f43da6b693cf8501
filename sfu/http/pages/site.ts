import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import * as v from 'valibot';

/** The compressed files that the build makes, by the name of the encoding. */
const compressed = { br: '.br', gzip: '.gz' } as const;

export type Encoding = keyof typeof compressed | 'identity';

/** One form of a file. */
export type Variant = { content: Buffer; etag: string };

export type SiteFile = {
	/** With its dot, such as ".js". */
	extension: string;
	/** Whether its name is derived from its content, so that it never changes. */
	isHashed: boolean;
	variants: Partial<Record<Encoding, Variant>> & { identity: Variant };
};

/** The folder of files whose names are derived from their content. */
export const hashedFiles = '/_app/immutable/';

/**
 * Reads a built site into memory, which takes some MB. No file is opened while the site is served, so neither an
 * aborted download nor a new build can disturb the process.
 *
 * @param folder of the build.
 * @param before folder of the previous build, whose hashed files open pages still need; it may be missing.
 * @param basePath below which the service is. It is put into the files where the build says; empty leaves them as they are.
 * @returns the files by their path, such as "/index.html".
 */
export function readSite(folder: string, before: string, basePath: string): Map<string, SiteFile> {
	const files = readFolder(folder, basePath);
	for (const [path, file] of existsSync(before) ? readFolder(before, basePath) : []) {
		if (file.isHashed && !files.has(path)) files.set(path, file);
	}
	return files;
}

/** Says where in the files of a build the path of the service stands, in bytes, by their path. It is no file of the site. */
const placesFile = 'base.json';

const placesOf = (folder: string): Record<string, number[]> => {
	const file = join(folder, placesFile);
	if (!existsSync(file)) return {};
	return v.parse(v.record(v.string(), v.array(v.number())), JSON.parse(readFileSync(file, 'utf8')));
};

function readFolder(folder: string, basePath: string): Map<string, SiteFile> {
	const places = placesOf(folder);
	const names = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
	const all = new Set(names);
	const isVariant = (name: string) =>
		Object.values(compressed).some((end) => name.endsWith(end) && all.has(name.slice(0, -3)));
	return new Map(
		names
			.filter((name) => !isVariant(name) && name !== join(folder, placesFile))
			.map((name) => {
				const path = name.slice(folder.length);
				const file = fileOf(name, path, all);
				const at = places[path];
				return [path, at && basePath !== '' ? below(file, basePath, at) : file];
			}),
	);
}

function fileOf(name: string, path: string, all: ReadonlySet<string>): SiteFile {
	const variants: SiteFile['variants'] = { identity: variantOf(readFileSync(name)) };
	for (const [encoding, end] of Object.entries(compressed)) {
		if (all.has(name + end)) variants[encoding as Encoding] = variantOf(readFileSync(name + end));
	}
	return { extension: extname(name), isHashed: path.startsWith(hashedFiles), variants };
}

/** The file with the path of the service in these places, compressed anew. */
function below(file: SiteFile, basePath: string, places: readonly number[]): SiteFile {
	const { identity, br, gzip } = file.variants;
	const parts = [0, ...places].map((from, index) => identity.content.subarray(from, places[index]));
	const content = Buffer.concat(
		parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(basePath), part])),
	);
	return {
		...file,
		variants: {
			identity: variantOf(content),
			...(br && { br: variantOf(brotliCompressSync(content)) }),
			...(gzip && { gzip: variantOf(gzipSync(content)) }),
		},
	};
}

function variantOf(content: Buffer): Variant {
	const hash = createHash('sha256').update(content).digest('base64url');
	return { content, etag: `"${hash.slice(0, 22)}"` };
}
