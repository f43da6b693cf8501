import type { Acquaintance } from '#shared/people.ts';

/** What can be done about somebody one knows. */
export type ContactActions = {
	call: (person: Acquaintance, video: boolean) => void;
	write: (person: Acquaintance) => void;
	add: (person: Acquaintance) => void;
	remove: (person: Acquaintance) => void;
	block: (person: Acquaintance) => void;
};
