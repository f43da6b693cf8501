import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { beforeAll, expect, test } from 'vitest';
import { statuses } from '../../../sfu/http/request/failures.ts';
import { errorsOf, type Access, type Operation } from '../../../sfu/http/request/operation.ts';
import { operations, pathParameters } from '../../../sfu/http/operations.ts';
import { errorMessages, type ErrorCode } from '../../../shared/errors.ts';
import { JsonSchemas, type Json, type JsonObject } from '../../support/jsonSchemas.ts';

const root = new URL('../../../', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
	version: string;
};

const description = [
	'The HTTP API of Parley. docs/http-api.md explains the parts for scripts, with examples.',
	'This file is written from the table in sfu/http/operations.ts: do not edit it.',
].join(' ');

const security: Readonly<Record<Access, Json>> = {
	anyone: [],
	cookie: [{ session: [] }],
	person: [{ session: [] }, { accessToken: [] }],
	administrator: [{ session: [] }],
	metrics: [{ metricsToken: [] }],
	operator: [{ operatorProof: [] }],
};

const ok = (data: Json): Json => ({
	type: 'object',
	required: ['ok', 'data'],
	properties: { ok: { const: true }, data },
});
const failure = (codes: readonly ErrorCode[]): Json => ({
	type: 'object',
	required: ['ok', 'error'],
	properties: {
		ok: { const: false },
		error: {
			type: 'object',
			required: ['code', 'message'],
			properties: { code: { enum: [...codes] }, message: { type: 'string' } },
		},
	},
});

/** The answers of each status, which are components because many operations share them. */
function failures(codes: readonly ErrorCode[], responses: JsonObject): JsonObject {
	const byStatus = Map.groupBy([...codes].sort(), (code) => statuses[code]);
	return Object.fromEntries(
		[...byStatus].map(([status, codesOfStatus]) => {
			const key = codesOfStatus.join('-');
			const messages = new Set(codesOfStatus.map((code) => errorMessages()[code]));
			responses[key] = {
				description: [...messages].join(' Or: '),
				content: { 'application/json': { schema: failure(codesOfStatus) } },
			};
			return [`${status}`, { $ref: `#/components/responses/${key}` }];
		}),
	);
}

function success({ data, content, status = 200 }: Operation, schemas: JsonSchemas): JsonObject {
	if (content) return { [status]: { description: 'As asked for.', content: { [content]: {} } } };
	if (!data) return { [status]: { description: status === 303 ? 'Leads on.' : 'Done.' } };
	const schema = ok(schemas.convert(data, 'output'));
	return { [status]: { description: 'Done.', content: { 'application/json': { schema } } } };
}

function parameters(path: string, operation: Operation, schemas: JsonSchemas): Json[] {
	const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
		const schema = pathParameters[name as keyof typeof pathParameters];
		return { name, in: 'path', required: true, schema: schemas.convert(schema, 'input') };
	});
	const inQuery = Object.entries(operation.query?.entries ?? {}).map(([name, schema]) => ({
		name,
		in: 'query',
		required: schema.type !== 'optional',
		schema: schemas.convert(schema as v.GenericSchema, 'input'),
	}));
	const inHeaders = Object.entries(operation.headers ?? {}).map(([name, says]) => ({
		name,
		in: 'header',
		required: true,
		description: says,
		schema: { type: 'string' },
	}));
	return [...inPath, ...inQuery, ...inHeaders];
}

let document: JsonObject;
beforeAll(async () => {
	const schemas = await JsonSchemas.create('draft-2020-12');
	const paths: Record<string, JsonObject> = {};
	const responses: JsonObject = {};
	for (const [name, operation] of Object.entries(operations)) {
		const [method = '', path = ''] = name.split(' ');
		const given = parameters(path, operation, schemas);
		(paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[method.toLowerCase()] = {
			summary: operation.summary,
			tags: [/^\/api\/(\w+)/.exec(path)?.[1] ?? 'service'],
			security: security[operation.access],
			...(given.length > 0 && { parameters: given }),
			...(operation.body && {
				requestBody: {
					required: true,
					content: { 'application/json': { schema: schemas.convert(operation.body, 'input') } },
				},
			}),
			responses: {
				...success(operation, schemas),
				...failures(errorsOf(path, operation), responses),
			},
		};
	}
	document = {
		openapi: '3.1.0',
		info: {
			title: 'Parley: the HTTP API',
			version,
			description,
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: 'https://meet.example.org' }],
		paths,
		components: {
			schemas: schemas.components,
			responses,
			securitySchemes: {
				session: {
					type: 'apiKey',
					in: 'cookie',
					name: '__Host-parley_session',
					description: 'The session of a browser, given by GET /api/session.',
				},
				accessToken: {
					type: 'http',
					scheme: 'bearer',
					description: 'A personal access token, made in the settings.',
				},
				operatorProof: {
					type: 'http',
					scheme: 'bearer',
					description: 'Made from the secret of the data folder by "npm run doctor".',
				},
				metricsToken: { type: 'http', scheme: 'bearer', description: 'The setting metrics.token.' },
			},
		},
	};
});

test('docs/api/openapi.json says what the table of operations says', async () => {
	await expect(`${JSON.stringify(document, null, '\t')}\n`).toMatchFileSnapshot(
		'../../../docs/api/openapi.json',
	);
});

test('docs/api/openapi.json is a valid document of OpenAPI 3.1', async () => {
	const validator = new Validator();
	expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
	expect(validator.version).toBe('3.1');
	expect((await validator.validate({ ...structuredClone(document), info: {} })).valid).toBe(false);
});

test('every name in a path of the table has a schema', () => {
	for (const name of Object.keys(operations))
		for (const [, parameter = ''] of name.matchAll(/:(\w+)/g))
			expect(pathParameters, name).toHaveProperty(parameter);
});

/** The commands in docs/http-api.md, each with the JSON that it is answered with: a test of integration runs them. */
const examples = [
	...readFileSync(new URL('docs/http-api.md', root), 'utf8').matchAll(
		/^```sh\n(.*?)^```\n\n```json\n(.*?)^```\n/gms,
	),
].flatMap(([, script = '', answer = '']) => {
	// Other commands of an example keep their answer in a file.
	const command = script.split(/(?=curl )/).findLast((part) => !part.includes(' -o ')) ?? '';
	const path = /\/api\/(?:rooms|match)[^"?]*/.exec(command)?.[0];
	if (path === undefined) return [];
	const method = / -X ([A-Z]+)/.exec(command)?.[1] ?? (command.includes('--json') ? 'POST' : 'GET');
	const { ok, data } = JSON.parse(answer) as { ok: boolean; data?: unknown };
	return ok ? [{ method, path, data }] : [];
});

test.each(examples)(
	'the example of $method $path has the shape that the table declares',
	(example) => {
		const { method, path, data } = example;
		const operation = Object.entries(operations).find(([name]) =>
			new RegExp(`^${name.replaceAll(/:\w+/g, '[^/]+')}$`).test(`${method} ${path}`),
		)?.[1];
		if (!operation?.data) return expect(operation?.content).toBeDefined();
		// Parsing leaves out what the table does not declare.
		return expect(data).toEqual(v.parse(operation.data, data));
	},
);

test('most examples of docs/http-api.md were found', () => {
	expect(examples.length).toBeGreaterThan(20);
});
