/** The account that a guest became, so that a decision about the guest applies to the account (ACCOUNT-23). */
export const mergedColumn = (): string[] => [
	'alter table people add column merged_into text',
	'create index people_merged on people (merged_into) where merged_into is not null',
];
