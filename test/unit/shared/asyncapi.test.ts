import asyncapi from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import { facts, requests, type FactName, type RequestName } from '../../../shared/protocol.ts';
import { protocolVersion } from '../../../shared/version.ts';
import { JsonSchemas, type Json, type JsonObject } from '../../support/jsonSchemas.ts';

const description = [
	'How a page and the service talk over Socket.IO. A client sends requests, each with an acknowledgement callback. The service answers',
	'each request once, and sends facts, which nobody answers. The rules in words are in shared/PROTOCOL.md.',
	'This file is written from the schemas in shared/: do not edit it.',
].join(' ');

const channel = { $ref: '#/channels/socket' };
const ok = (data: Json): Json => ({
	type: 'object',
	required: ['ok', 'data'],
	properties: { ok: { const: true }, data },
});
const failure: Json = {
	type: 'object',
	description: 'The code is for programs and stays. The message is for people and may be reworded.',
	required: ['ok', 'error'],
	properties: {
		ok: { const: false },
		error: {
			type: 'object',
			required: ['code', 'message'],
			properties: {
				code: { $ref: '#/components/schemas/ErrorCode' },
				message: { type: 'string' },
			},
		},
	},
};

let document: JsonObject;
beforeAll(async () => {
	const schemas = await JsonSchemas.create('draft-07');
	const messages: JsonObject = {};
	const operations: JsonObject = {};
	/** Keys of components have no colon. */
	const keyOf = (name: string) => name.replace(':', '.');
	const add = (key: string, name: string, payload: Json): Json => {
		messages[key] = { name, payload };
		return { $ref: `#/channels/socket/messages/${key}` };
	};
	const aboutOf = (name: string, summary: string) => ({
		channel,
		title: name,
		...(summary !== '' && { summary }),
		tags: [{ name: name.split(':')[0] ?? '' }],
	});

	for (const name of Object.keys(requests) as RequestName[]) {
		const { input, output } = requests[name];
		const { summary, schemas: sources } = schemas.source('request', name);
		const key = keyOf(name);
		const sent = schemas.convert(input, 'input', sources[0]);
		const data = schemas.convert(output, 'output', sources[1]);
		operations[`request.${key}`] = {
			action: 'receive',
			...aboutOf(name, summary),
			messages: [add(`request.${key}`, name, sent)],
			reply: {
				channel,
				messages: [
					add(`answer.${key}`, `answer to ${name}`, {
						oneOf: [ok(data), { $ref: '#/components/schemas/Failure' }],
					}),
				],
			},
		};
	}
	for (const name of Object.keys(facts) as FactName[]) {
		const { summary, schemas: sources } = schemas.source('fact', name);
		const key = keyOf(name);
		operations[`fact.${key}`] = {
			action: 'send',
			...aboutOf(name, summary),
			messages: [add(`fact.${key}`, name, schemas.convert(facts[name].data, 'output', sources[0]))],
		};
	}

	document = {
		asyncapi: '3.0.0',
		info: {
			title: 'Parley: the protocol',
			version: `${protocolVersion}.0.0`,
			description,
			license: { name: 'MIT' },
		},
		defaultContentType: 'application/json',
		servers: {
			parley: {
				host: 'meet.example.org',
				pathname: '/socket.io',
				protocol: 'wss',
				description:
					'The address that serves the pages. The session cookie of GET /api/session lets a client in.',
			},
		},
		channels: {
			socket: {
				address: '/',
				title: 'The namespace / of Socket.IO',
				messages: Object.fromEntries(
					Object.keys(messages).map((key) => [key, { $ref: `#/components/messages/${key}` }]),
				),
			},
		},
		operations,
		components: { messages, schemas: { ...schemas.components, Failure: failure } },
	};
});

test('docs/api/asyncapi.json says what the schemas of the protocol say', async () => {
	await expect(`${JSON.stringify(document, null, '\t')}\n`).toMatchFileSnapshot(
		'../../../docs/api/asyncapi.json',
	);
});

test('docs/api/asyncapi.json is a valid document of AsyncAPI 3.0', () => {
	const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
	const validate = ajv.compile(asyncapi.schemasWithoutId['3.0.0']);
	validate(document);
	expect(validate.errors ?? []).toEqual([]);
	validate({ ...document, info: {} });
	expect(validate.errors).not.toEqual([]);
});

test('every reference in docs/api/asyncapi.json leads somewhere', () => {
	const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
	expect(references.length).toBeGreaterThan(200);
	for (const [, path = ''] of references) {
		let place: Json | undefined = document;
		for (const key of path.split('/')) place = (place as JsonObject | undefined)?.[key];
		expect(place, path).toBeDefined();
	}
});
