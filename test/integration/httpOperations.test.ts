import express, { type Express } from 'express';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { statuses } from '../../sfu/http/request/failures.ts';
import { errorsOf, type Operation } from '../../sfu/http/request/operation.ts';
import { operations } from '../../sfu/http/operations.ts';
import { errorCode } from '../../shared/errors.ts';
import { Visit } from '../support/account.ts';
import { Person } from '../support/person.ts';
import { routesOf } from '../support/routes.ts';
import { metricsToken } from '../support/figure.ts';
import { startService, type Service } from '../support/service.ts';

const table = Object.entries(operations).map(([name, operation]) => {
	const [method = '', path = ''] = name.split(' ');
	return { name, method, path, operation };
});
type Entry = (typeof table)[number];

let service: Service;
let app: Express;
let administrator: Person;
beforeAll(async () => {
	const use = vi.spyOn(express.application, 'use');
	service = await startService({ accounts: { administrators: ['root'] } });
	app = use.mock.contexts[0] as Express;
	use.mockRestore();
	administrator = await Person.of(service, (await Visit.account(service, 'root')).cookie);
	// Most requests about matches are answered NOT_FOUND to those who do not wait.
	await administrator.ask('POST', '/api/match/start', { body: { mode: 'text', agree: 1 } });
});
afterAll(() => service.close());

test('every route of the service is in the table of operations, and every operation is a route', () => {
	expect(routesOf(app).sort()).toEqual(table.map(({ name }) => name).sort());
});

/** A value of the wrong type for every key of a body. */
function wrongBody(schema: v.GenericSchema): Record<string, unknown> {
	const entries = 'entries' in schema ? (schema.entries as object) : { kind: 0, action: 0 };
	return Object.fromEntries(Object.keys(entries).map((key) => [key, {}]));
}

/** Asks with a body that does not fit, for things that are not there. */
async function ask({ method, path, operation: { body } }: Entry, proof: Record<string, string>) {
	const address = path.replaceAll(/:\w+/g, '%3F%3F%3F');
	const response = await fetch(`${service.url}${address}`, {
		method,
		redirect: 'manual',
		headers: { ...proof, ...(body && { 'content-type': 'application/json' }) },
		...(body && { body: JSON.stringify(wrongBody(body)) }),
	});
	return { status: response.status, text: await response.text() };
}

const failed = v.strictObject({
	ok: v.literal(false),
	error: v.strictObject({ code: errorCode, message: v.string() }),
});

/** The code of an answer in the one shape of failures, after a look whether the table declares it. */
function declared({ method, path, operation }: Entry, answer: Awaited<ReturnType<typeof ask>>) {
	const codes = errorsOf(path, operation);
	// An answer to HEAD has no body.
	if (method === 'HEAD') {
		expect(codes.map((code) => statuses[code])).toContain(answer.status);
		return null;
	}
	const { code } = v.parse(failed, JSON.parse(answer.text)).error;
	expect(codes).toContain(code);
	expect(answer.status).toBe(statuses[code]);
	return code;
}

const isClosed = ({ operation: { access } }: Entry) => access !== 'anyone';
test.each(table.filter(isClosed))(
	'$name is refused without a session, in a way that the table declares',
	async (entry) => {
		expect(['UNAUTHENTICATED', 'BAD_REQUEST', null]).toContain(
			declared(entry, await ask(entry, {})),
		);
	},
);

const hasBody = ({ operation }: Entry) => operation.body !== undefined;
test.each(table.filter(hasBody))(
	'$name answers BAD_REQUEST to a body that does not fit',
	async (entry) => {
		expect(declared(entry, await ask(entry, administrator.proof))).toBe('BAD_REQUEST');
	},
);

test.each(table.filter((entry) => !hasBody(entry)))(
	'$name answers as the table declares',
	async (entry) => {
		const { operation } = entry;
		const proof =
			operation.access === 'metrics'
				? { authorization: `Bearer ${metricsToken}` }
				: administrator.proof;
		const answer = await ask(entry, proof);
		if (answer.status >= 400) declared(entry, answer);
		else expectGood(operation, answer);
	},
);

function expectGood({ status = 200, data }: Operation, answer: Awaited<ReturnType<typeof ask>>) {
	expect(answer.status).toBe(status);
	if (!data) return;
	const whole = JSON.parse(answer.text) as { ok: boolean; data: unknown };
	expect(whole.ok).toBe(true);
	// Parsing leaves out what the table does not declare.
	expect(whole.data).toEqual(v.parse(data, whole.data));
}
