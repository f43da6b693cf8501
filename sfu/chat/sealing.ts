import { CodedError } from '#shared/errors.ts';
import { isSealedBody } from '#shared/sealed.ts';

/**
 * Whether these words may be said in a room (ENCRYPTION-20): an encrypted room takes sealed ones only, and other rooms
 * take none of these, because no page would open them there.
 *
 * @throws {CodedError} ENCRYPTED, NOT_ENCRYPTED.
 */
export function checkSealed(isEncrypted: boolean, words: readonly string[]): void {
	for (const text of words) {
		if (text === '' || isSealedBody(text) === isEncrypted) continue;
		throw isEncrypted
			? new CodedError(
					'ENCRYPTED',
					'This room is end-to-end encrypted and takes sealed texts only.',
				)
			: new CodedError('NOT_ENCRYPTED', "This room isn't end-to-end encrypted: write plain text.");
	}
}
