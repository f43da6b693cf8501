import { askAccount } from './account.ts';

let asked: ReturnType<typeof askAccount<'GET /api/session'>> | null = null;

/**
 * Who the person on this page is, and the links of the operator. Asked once; after a failure the next call asks again.
 *
 * @throws a CodedError
 */
export function ownSession(): ReturnType<typeof askAccount<'GET /api/session'>> {
	asked ??= askAccount('GET /api/session').catch((error: unknown) => {
		asked = null;
		throw error;
	});
	return asked;
}
