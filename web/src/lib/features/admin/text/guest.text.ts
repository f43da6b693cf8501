import type { PersonId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import { guestName } from '#shared/moderation.ts';

/** What a guest is called who gave no name: by a mark, which is the beginning of their id. */
export const guestWords = (person: PersonId): string => `Guest ${person.slice(0, 4)}`;

/** The name of a person in a report. */
export const reportedWords = ({ personId, name }: Author): string =>
	name === guestName(personId) ? guestWords(personId) : name;
