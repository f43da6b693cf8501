/** Which account a guest became, so that what is decided about the one holds for the other (R157). */
export const mergedColumn = (): string[] => [
	'alter table people add column merged_into text',
	'create index people_merged on people (merged_into) where merged_into is not null',
];
