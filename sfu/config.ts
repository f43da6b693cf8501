import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { configSchema } from './configSchema.ts';
import { StartError } from './startError.ts';

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
