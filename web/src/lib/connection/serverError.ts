import { CodedError, errorMessages, type WireError } from '#shared/errors.ts';
import { currentLanguage } from '#lib/language/current.ts';
import { sourceLanguage } from '#lib/language/languages.ts';

/**
 * The error of the server, in the language of the page. In English the words of the server are kept, which say more
 * than the code. In other languages the code decides, and the words of the server are used only for codes that this
 * page does not know.
 */
export function serverError(error: WireError): CodedError {
	const { code, retryAfter } = error;
	const known = currentLanguage() !== sourceLanguage && code in errorMessages();
	return known ? new CodedError(code, undefined, retryAfter) : CodedError.fromWire(error);
}
