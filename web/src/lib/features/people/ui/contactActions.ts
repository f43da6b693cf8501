import type { Acquaintance } from '#shared/people.ts';

/** The actions that the list of people offers for an acquaintance. */
export type ContactActions = {
	call: (person: Acquaintance, video: boolean) => void;
	write: (person: Acquaintance) => void;
	add: (person: Acquaintance) => void;
	remove: (person: Acquaintance) => void;
	block: (person: Acquaintance) => void;
};
