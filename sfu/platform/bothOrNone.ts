type Closable = { close(): unknown };

/**
 * Waits for both. Where one fails, the other one is closed.
 *
 * @throws what the first one failed with, else what the second one did.
 */
export async function bothOrNone<A extends Closable, B extends Closable>(
	first: Promise<A>,
	second: Promise<B>,
): Promise<[A, B]> {
	const settled = await Promise.allSettled([first, second]);
	if (settled.some(({ status }) => status === 'rejected'))
		for (const one of settled) if (one.status === 'fulfilled') await one.value.close();
	return [await first, await second];
}
