import { askAccount } from './account.ts';

let asked: ReturnType<typeof askAccount<'GET /api/session'>> | null = null;

/** Who one is on this page, and what the operator tells everyone: asked once. Rejects with a CodedError, and asks again then. */
export function ownSession(): ReturnType<typeof askAccount<'GET /api/session'>> {
	asked ??= askAccount('GET /api/session').catch((error: unknown) => {
		asked = null;
		throw error;
	});
	return asked;
}
