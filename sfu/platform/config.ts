import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { configSchema } from './configSchema.ts';
import { StartError } from './startError.ts';

export type Config = v.InferOutput<typeof configSchema>;

/** Variables that begin like a setting but belong to the tests and to the set-up. */
const notConfiguration = new Set([
	'PARLEY_CHROMIUM',
	'PARLEY_POSTGRES',
	'PARLEY_REDIS',
	'PARLEY_SYSTEM_PACKAGES',
	'PARLEY_WORKER_SHA256',
]);

type Warn = (words: string) => void;

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

/** Every setting with its default, by its path: `http.port`, `media.turn.secret`. */
function settings(defaults: object, path = ''): [path: string, fallback: unknown][] {
	return Object.entries(defaults).flatMap(([key, value]) =>
		isObject(value) ? settings(value, `${path}${key}.`) : [[`${path}${key}`, value] as const],
	);
}

/** Puts a value where a path leads, beside what is there. What is no object stays, for the schema to refuse. */
function withSetting(base: unknown, [key, ...rest]: string[], value: Json): unknown {
	if (key === undefined) return value;
	if (base !== undefined && !isObject(base)) return base;
	return { ...base, [key]: withSetting(base?.[key], rest, value) };
}

/** The name of a setting's variable: `PARLEY_` and the path in capitals. Underscores between words are optional. */
const variableForm = (name: string) => name.replaceAll(/[._]/g, '').toUpperCase();

/**
 * A variable holds text. Flags, numbers and lists are parsed as JSON, other values stay text, and so does a list without
 * brackets, which its commas separate. The value is never printed: it may be a secret in the wrong variable.
 *
 * @param fallback the default value, whose type decides the parsing.
 */
function readVariable(name: string, raw: string, fallback: unknown): Json {
	if (typeof fallback === 'string') return raw;
	if (Array.isArray(fallback) && !raw.trimStart().startsWith('['))
		return raw.split(',').map((part) => part.trim());
	// Short spellings of flags that other programs accept.
	const flag = { '1': true, '0': false, true: true, false: false }[raw.trim().toLowerCase()];
	if (typeof fallback === 'boolean' && flag !== undefined) return flag;
	try {
		return JSON.parse(raw) as Json;
	} catch {
		throw new StartError(`${name} is not valid: it needs a number, true, false or a JSON list.`);
	}
}

/** Kubernetes describes each Service in variables of every pod. A Service "parley-http" sets PARLEY_HTTP_PORT. */
const tellsService = (raw: string) => /^(?:tcp|udp|sctp):\/\/\S+:\d+$/.test(raw);

/** @returns the configuration of the file with the settings of the environment on top. */
function withEnvironment(file: unknown, env: NodeJS.ProcessEnv, warn: Warn): unknown {
	const known = new Map(
		settings(v.parse(configSchema, {})).map((setting) => [variableForm(setting[0]), setting]),
	);
	let merged = file;
	for (const [name, raw = ''] of Object.entries(env)) {
		if (!name.startsWith('PARLEY_') || notConfiguration.has(name) || raw.trim() === '') continue;
		const setting = known.get(variableForm(name.slice('PARLEY_'.length)));
		if (!setting || tellsService(raw)) {
			warn(`${name} is not a setting of Parley and was left out: see config.example.json.`);
			continue;
		}
		const [path, fallback] = setting;
		merged = withSetting(merged, path.split('.'), readVariable(name, raw, fallback));
	}
	return merged;
}

/** The position of the JSON error. The rest of the parser's message cites the file, which contains secrets. */
const placeOf = (error: unknown): string =>
	/ \(line \d+ column \d+\)/.exec(String(error))?.[0].replace(/[()]/g, '') ?? '';

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
		throw new StartError(`The configuration file ${file} is not valid JSON${placeOf(error)}.`);
	}
}

/**
 * Reads the configuration: defaults, then the JSON file (`path`, or `config.json` in the working folder if it exists),
 * then the environment. An empty variable counts as unset.
 *
 * @param warn is given a sentence about variables that look like settings but are not.
 * @throws {StartError} naming the unknown or invalid key, never its value.
 */
export function loadConfig(
	path: string | undefined,
	env: NodeJS.ProcessEnv,
	warn: Warn = () => undefined,
): Config {
	const file = fromFile(path);
	if (!isObject(file)) throw new StartError('The configuration file must hold one JSON object.');
	const result = v.safeParse(configSchema, withEnvironment(file, env, warn));
	if (result.success) return result.output;
	const [issue] = result.issues;
	const key = v.getDotPath(issue) ?? 'the configuration';
	throw new StartError(
		issue.expected === 'never'
			? `${key} is not a setting of Parley: see config.example.json for the keys there are.`
			: `${key} ${problemOf(issue)}.`,
	);
}

/** Uses our own message, or the schema's message without the value. */
function problemOf({ type, message, expected }: v.BaseIssue<unknown>): string {
	if (type === 'strict_object') return 'must be an object of settings';
	return / received /.test(message)
		? `is not valid: it must be ${expected ?? 'something else'}`
		: message;
}
