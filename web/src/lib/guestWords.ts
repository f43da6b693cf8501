import type { PersonId } from '#shared/ids.ts';

/** What a guest is called who gave no name: by a mark, which is the beginning of their id. */
export const guestWords = (person: PersonId): string => `Guest ${person.slice(0, 4)}`;
