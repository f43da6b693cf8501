import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { StartError } from './startError.ts';

const text = (what: string, fallback: string) =>
	v.pipe(v.optional(v.string('must be text'), fallback), v.description(what));
const flag = (what: string, fallback: boolean) =>
	v.pipe(v.optional(v.boolean('must be true or false'), fallback), v.description(what));
const count = (what: string, fallback: number, min: number, max: number) => {
	const rule = `must be a whole number from ${min} to ${max}`;
	return v.pipe(
		v.optional(
			v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule)),
			fallback,
		),
		v.description(what),
	);
};

/** Every key there is, with its default and what it means. The example and its schema come from here. */
export const configSchema = v.strictObject({
	http: v.optional(
		v.strictObject({
			port: count(
				'TCP port of the pages and the signalling; 0 lets the system choose.',
				3000,
				0,
				65535,
			),
			address: text('Address to listen on; empty means every interface.', ''),
			certificate: text(
				'File with the TLS certificate chain (PEM). With http.key: serve HTTPS.',
				'',
			),
			key: text('File with the private key of the certificate (PEM).', ''),
			origins: v.pipe(
				v.optional(
					v.array(
						v.pipe(v.string('must be text'), v.url('must be origins like "https://example.org"')),
					),
					[],
				),
				v.description(
					'Other origins whose pages may open a socket, such as "https://example.org".',
				),
			),
			trustProxy: flag(
				'Whether a reverse proxy in front sets X-Forwarded-For and X-Forwarded-Proto.',
				false,
			),
		}),
		{},
	),
	media: v.optional(
		v.strictObject({
			port: count(
				'First media port, UDP and TCP. Each worker takes one: with 4 workers, 40000 to 40003.',
				40000,
				1,
				65535,
			),
			workers: count('How many media workers; 0 means one for each core.', 0, 0, 128),
			listenAddress: text(
				'Address the media ports are opened on; empty means every IPv4 address of this machine.',
				'',
			),
			announcedAddress: text(
				'Public address or host name that browsers are told to send media to; empty means the addresses of this machine.',
				'',
			),
			iceServers: v.pipe(
				v.optional(
					v.array(
						v.strictObject({
							urls: v.union(
								[v.string(), v.array(v.string())],
								'must be "stun:…" or "turn:…" addresses',
							),
							username: v.optional(v.string('must be text')),
							credential: v.optional(v.string('must be text')),
						}),
					),
					[],
				),
				v.description(
					'STUN and TURN servers for browsers, as in RTCConfiguration. Parley itself needs none.',
				),
			),
		}),
		{},
	),
	rooms: v.optional(
		v.strictObject({
			maxPeers: count('How many people fit in one room.', 50, 1, 1000),
			graceSeconds: count(
				'How long the place of somebody whose connection was lost is kept.',
				30,
				0,
				600,
			),
		}),
		{},
	),
	data: v.optional(
		v.strictObject({
			dir: text(
				'Folder for what the service keeps: its database, uploaded files, signing secret, and the certificate of --lan.',
				'./data',
			),
			databaseUrl: v.pipe(
				v.optional(
					v.pipe(
						v.string('must be text'),
						v.regex(/^(?:postgres(?:ql)?:\/\/\S+)?$/, 'must be empty or begin with postgres://'),
					),
					'',
				),
				v.description(
					'PostgreSQL database to keep the chats in, such as "postgres://user:password@host/name"; empty means SQLite in data.dir.',
				),
			),
		}),
		{},
	),
	files: v.optional(
		v.strictObject({
			maxMegabytes: count(
				'How large a file in the chat may be, in MB of 1024 × 1024 bytes; 0 means that no files are taken.',
				100,
				0,
				10_240,
			),
			roomMegabytes: count(
				'How much the files of one room may take up together, in MB of 1024 × 1024 bytes.',
				2048,
				1,
				1_048_576,
			),
		}),
		{},
	),
	log: v.optional(
		v.strictObject({
			level: v.pipe(
				v.optional(
					v.picklist(
						['debug', 'info', 'warn', 'error'],
						'must be "debug", "info", "warn" or "error"',
					),
					'info',
				),
				v.description('What is logged: "debug", "info", "warn" or "error".'),
			),
		}),
		{},
	),
});

export type Config = v.InferOutput<typeof configSchema>;

/** Names that start like a configuration variable but belong to the tests. */
const notConfiguration = new Set(['PARLEY_CHROMIUM', 'PARLEY_POSTGRES']);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys that begin with `//` are comments, and `$schema` is for editors. */
function withoutComments(value: unknown): unknown {
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key]) => !key.startsWith('//') && key !== '$schema')
			.map(([key, inner]) => [key, withoutComments(inner)]),
	);
}

/** Every `section.key` of the schema. */
function keysOf(): string[] {
	return Object.entries(configSchema.entries).flatMap(([section, entry]) =>
		Object.keys(entry.wrapped.entries).map((key) => `${section}.${key}`),
	);
}

/** `PARLEY_` and the path in capitals; underscores between words are welcome. */
const variableForm = (name: string) => name.replaceAll(/[._]/g, '').toUpperCase();

/** A variable holds text: numbers, flags and lists are read as JSON, all else stays text. */
function readVariable(name: string, raw: string, isText: boolean): Json {
	if (isText) return raw;
	try {
		return JSON.parse(raw) as Json;
	} catch {
		throw new StartError(
			`${name} is not valid: it needs a number, true, false or a JSON list, not "${raw}".`,
		);
	}
}

function fromEnvironment(env: NodeJS.ProcessEnv): Record<string, Record<string, Json>> {
	const known = new Map(keysOf().map((key) => [variableForm(key), key]));
	const defaults: Record<string, Record<string, unknown>> = v.parse(configSchema, {});
	const found: Record<string, Record<string, Json>> = {};
	for (const [name, raw] of Object.entries(env)) {
		if (!name.startsWith('PARLEY_') || notConfiguration.has(name) || raw === undefined) continue;
		const key = known.get(variableForm(name.slice('PARLEY_'.length)));
		if (!key)
			throw new StartError(
				`${name} is not a setting of Parley: see config.example.json for the keys there are.`,
			);
		const [section = '', leaf = ''] = key.split('.');
		const isText = typeof defaults[section]?.[leaf] === 'string';
		(found[section] ??= {})[leaf] = readVariable(name, raw, isText);
	}
	return found;
}

function fromFile(path: string | undefined): unknown {
	const file = resolve(path ?? 'config.json');
	let raw: string;
	try {
		raw = readFileSync(file, 'utf8');
	} catch (error) {
		const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
		if (path === undefined && missing) return {};
		throw new StartError(
			`The configuration file ${file} ${missing ? 'does not exist' : 'cannot be read'}.`,
		);
	}
	try {
		return withoutComments(JSON.parse(raw));
	} catch (error) {
		throw new StartError(
			`The configuration file ${file} is not valid JSON: ${(error as Error).message}.`,
		);
	}
}

/**
 * Reads the configuration: defaults, then the JSON file (`path`, or `config.json` in the working
 * folder if there is one), then the environment.
 *
 * @throws {StartError} naming the key that is unknown or wrong.
 */
export function loadConfig(path: string | undefined, env: NodeJS.ProcessEnv): Config {
	const file = fromFile(path);
	if (!isObject(file)) throw new StartError('The configuration file must hold one JSON object.');
	const merged: Record<string, unknown> = { ...file };
	for (const [section, values] of Object.entries(fromEnvironment(env))) {
		const below = merged[section];
		merged[section] = isObject(below) ? { ...below, ...values } : (below ?? values);
	}
	const result = v.safeParse(configSchema, merged);
	if (result.success) return result.output;
	const [issue] = result.issues;
	const key = v.getDotPath(issue) ?? 'the configuration';
	throw new StartError(
		issue.expected === 'never'
			? `${key} is not a setting of Parley: see config.example.json for the keys there are.`
			: `${key} ${issue.type === 'strict_object' ? 'must be an object of settings' : issue.message}.`,
	);
}
