import type { PersonId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import { guestName } from '#shared/moderation.ts';

/** The name that administrators see for a guest without a name: it ends with the beginning of their id. */
export const guestWords = (person: PersonId): string => `Guest ${person.slice(0, 4)}`;

/** The name of a person in a report. */
export const reportedWords = ({ personId, name }: Author): string =>
	name === guestName(personId) ? guestWords(personId) : name;
