import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, test } from 'vitest';
import { AskingBudget } from '../../../sfu/http/budgets/askingBudget.ts';
import { newPersonId } from '../../../shared/ids.ts';

/** Serves so many points for somebody new at each request, and says whether they were given. */
async function serve(budget: AskingBudget) {
	const app = express().set('trust proxy', 1);
	app.get('/:points', async ({ params }, response) => {
		try {
			await budget.spend(newPersonId(), Number(params.points), response);
			response.end('OK');
		} catch (error) {
			response.end(String(error));
		}
	});
	const server = app.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const ask = async (points: number, from: string) =>
		(
			await fetch(`http://127.0.0.1:${port}/${points}`, { headers: { 'x-forwarded-for': from } })
		).text();
	return { server, ask };
}

test('HTTP-9, A-H5: a network asks for as much as a hundred people, however many guests it makes', async () => {
	const { server, ask } = await serve(new AskingBudget());
	const answers = await Promise.all(
		Array.from({ length: 100 }, (_, i) => ask(300, `192.0.2.${i + 1}`)),
	);
	expect(new Set(answers)).toEqual(new Set(['OK']));
	expect(await ask(1, '192.0.2.7')).toContain('Your network asked too often');
	expect(await ask(1, '198.51.100.7')).toBe('OK');
	server.close();
});
