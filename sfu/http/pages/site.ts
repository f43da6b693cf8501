import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

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
 * @returns the files by their path, such as "/index.html".
 */
export function readSite(folder: string, before: string): Map<string, SiteFile> {
	const files = readFolder(folder);
	for (const [path, file] of existsSync(before) ? readFolder(before) : []) {
		if (file.isHashed && !files.has(path)) files.set(path, file);
	}
	return files;
}

function readFolder(folder: string): Map<string, SiteFile> {
	const names = readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name));
	const all = new Set(names);
	const isVariant = (name: string) =>
		Object.values(compressed).some((end) => name.endsWith(end) && all.has(name.slice(0, -3)));
	return new Map(
		names
			.filter((name) => !isVariant(name))
			.map((name) => [name.slice(folder.length), fileOf(name, name.slice(folder.length), all)]),
	);
}

function fileOf(name: string, path: string, all: ReadonlySet<string>): SiteFile {
	const variants: SiteFile['variants'] = { identity: variantOf(name) };
	for (const [encoding, end] of Object.entries(compressed)) {
		if (all.has(name + end)) variants[encoding as Encoding] = variantOf(name + end);
	}
	return { extension: extname(name), isHashed: path.startsWith(hashedFiles), variants };
}

function variantOf(name: string): Variant {
	const content = readFileSync(name);
	const hash = createHash('sha256').update(content).digest('base64url');
	return { content, etag: `"${hash.slice(0, 22)}"` };
}
