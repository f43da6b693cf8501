import { CodedError } from '#shared/errors.ts';
import { epochsOf } from '#shared/sealedForm.ts';

/**
 * Whether these words may be said in a room: an encrypted room takes sealed ones only (ENCRYPTION-20), and none that were
 * sealed by an older secret than it has now (ENCRYPTION-24). Other rooms take no sealed ones, because no page would open them there.
 *
 * @param encryption of the room; null for one that is not encrypted.
 * @throws {CodedError} ENCRYPTED, LINK_CHANGED, NOT_ENCRYPTED.
 */
export function checkSealed(
	encryption: { readonly epoch: number } | null,
	words: readonly string[],
): void {
	for (const text of words) {
		if (text === '') continue;
		const epochs = epochsOf(text);
		if (!encryption) {
			if (epochs.length === 0) continue;
			throw new CodedError(
				'NOT_ENCRYPTED',
				"This room isn't end-to-end encrypted: write plain text.",
			);
		}
		if (epochs.length === 0)
			throw new CodedError(
				'ENCRYPTED',
				'This room is end-to-end encrypted and takes sealed texts only.',
			);
		if (epochs.some((epoch) => epoch < encryption.epoch)) throw new CodedError('LINK_CHANGED');
	}
}
