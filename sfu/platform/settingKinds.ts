import ipaddr from 'ipaddr.js';
import * as v from 'valibot';

// The kinds of settings: each takes what it is for, which goes into the example file and its JSON schema.

export const text = (what: string, fallback: string) =>
	v.pipe(v.optional(v.string('must be text'), fallback), v.description(what));
export const address = (what: string) =>
	v.pipe(
		v.optional(
			v.union([v.literal(''), v.pipe(v.string(), v.url())], 'must be empty or an address'),
			'',
		),
		v.description(what),
	);
/** Text that follows a rule; empty unless it is set or another text is named. */
export const fitting = (
	what: string,
	fits: (text: string) => boolean,
	rule: string,
	fallback = '',
) =>
	v.pipe(
		v.optional(v.pipe(v.string('must be text'), v.check(fits, rule)), fallback),
		v.description(what),
	);
/** A page of the operator: on this origin, or anywhere over HTTPS. */
export const pageAddress = (what: string) => {
	const isPage = (text: string) =>
		text === '' ||
		/^\/(?![/\\])\S*$/.test(text) ||
		(/^https:\/\//.test(text) && URL.canParse(text));
	return fitting(
		what,
		isPage,
		'must be empty, an address that begins with https://, or a path such as "/privacy"',
	);
};
/** Where something answers over HTTP. */
export const httpAddress = (what: string) => {
	const isAddress = (text: string) =>
		text === '' || (/^https?:\/\//.test(text) && URL.canParse(text));
	return fitting(
		what,
		isAddress,
		'must be empty, or an address that begins with http:// or https://',
	);
};
export const count = (what: string, fallback: number, min: number, max: number) => {
	const rule = `must be a whole number from ${min} to ${max}`;
	return v.pipe(
		v.optional(
			v.pipe(v.number(rule), v.integer(rule), v.minValue(min, rule), v.maxValue(max, rule)),
			fallback,
		),
		v.description(what),
	);
};

/** An address, or a network such as "10.0.0.0/8". */
export const isNetwork = (text: string) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
