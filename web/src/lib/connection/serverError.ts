import { CodedError, errorMessages, type WireError } from '#shared/errors.ts';
import { currentLanguage } from '#lib/language/current.ts';
import { sourceLanguage } from '#lib/language/languages.ts';

/**
 * What the server answered, for the person who reads it. In English it says more than its code does. In
 * other languages the code decides, and what the server says is left for codes that this page does not know.
 */
export function serverError(error: WireError): CodedError {
	const { code, retryAfter } = error;
	const known = currentLanguage() !== sourceLanguage && code in errorMessages();
	return known ? new CodedError(code, undefined, retryAfter) : CodedError.fromWire(error);
}
