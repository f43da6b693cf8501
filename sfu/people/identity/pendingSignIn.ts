import * as v from 'valibot';

/** What the browser remembers while the person is at the provider. */
export const pendingSignIn = v.object({
	verifier: v.string(),
	state: v.string(),
	nonce: v.string(),
	/** The page to open afterwards. */
	next: v.string(),
	/** Whether the guest's data moves to the account. */
	bring: v.boolean(),
	/** In ms since 1970. */
	expiresAt: v.number(),
});
export type PendingSignIn = v.InferOutput<typeof pendingSignIn>;
