import { isSealedBody } from '#shared/sealedForm.ts';
import { searchWords } from '#shared/searchWords.ts';

/** The words by which a message is found. A sealed text has none. */
export const words = (text: string): string[] => (isSealedBody(text) ? [] : searchWords(text));
