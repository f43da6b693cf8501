import { afterEach, expect, test, vi } from 'vitest';
import * as v from 'valibot';
import { askApi } from '#lib/http/api.ts';

afterEach(() => vi.unstubAllGlobals());

const answer = (data: unknown) => Response.json({ ok: true, data });

/** Requests in the order in which they were sent, each with what lets its answer come. */
function stubFetch() {
	const sent: { request: string; answers: (data: unknown) => void }[] = [];
	vi.stubGlobal('fetch', (path: string, { method = 'GET' }: RequestInit = {}) => {
		const { promise, resolve } = Promise.withResolvers<Response>();
		sent.push({ request: `${method} ${path}`, answers: (data) => resolve(answer(data)) });
		return promise;
	});
	return sent;
}

const anything = v.object({});

/** As a frame of another site has them, which may keep nothing. */
const refusedLocks = {
	locks: { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) },
};

test.each([
	['with locks', null],
	['without locks', {}],
	['that refuse locks', refusedLocks],
])(
	'a session is not asked for beside a sign-up, whose cookie would be lost (browsers %s)',
	async (_which, navigator) => {
		if (navigator) vi.stubGlobal('navigator', navigator);
		const sent = stubFetch();
		const signingUp = askApi(anything, 'POST', '/api/account/sign-up', {});
		const looking = askApi(anything, 'GET', '/api/session');
		const other = askApi(anything, 'GET', '/api/account/sessions');
		await vi.waitFor(() => expect(sent).toHaveLength(2));
		expect(sent.map(({ request }) => request).sort()).toEqual([
			'GET /api/account/sessions',
			'POST /api/account/sign-up',
		]);
		for (const { answers } of sent.slice(0, 2)) answers({});
		await vi.waitFor(() => expect(sent).toHaveLength(3));
		expect(sent[2]?.request).toBe('GET /api/session');
		sent[2]?.answers({});
		await Promise.all([signingUp, looking, other]);
	},
);

test('a sign-in that fails lets the next request go', async () => {
	vi.stubGlobal('fetch', (path: string) =>
		path === '/api/session' ? Promise.resolve(answer({})) : Promise.reject(new Error('gone')),
	);
	const signingIn = askApi(anything, 'POST', '/api/account/sign-in', {});
	const looking = askApi(anything, 'GET', '/api/session');
	await expect(signingIn).rejects.toMatchObject({ code: 'UNAVAILABLE' });
	expect(await looking).toEqual({});
});
