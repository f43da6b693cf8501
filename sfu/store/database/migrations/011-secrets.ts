/** Secrets that all processes of a service share. */
export const secrets = (): string[] => [
	'create table secrets (name text primary key, value text not null)',
];
