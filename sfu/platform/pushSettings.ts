import * as v from 'valibot';
import { isNetwork } from './settingKinds.ts';

/** The section `push`. */
export const push = v.strictObject({
	enabled: v.pipe(
		v.optional(v.boolean('must be true or false'), true),
		v.description(
			'Whether browsers of people who switched notifications on get them without an open page, by the push service of their browser. The service then sends HTTPS requests to these push services.',
		),
	),
	contact: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.check(
					(text) =>
						text === '' ||
						/^mailto:[^\s@]+@[^\s@]+$/.test(text) ||
						(/^https:\/\//.test(text) && URL.canParse(text)),
					'must be empty, or an address that begins with mailto: or https://',
				),
			),
			'',
		),
		v.description(
			'Where push services reach you if they have trouble with your service, such as "mailto:admin@example.org". Some refuse notifications without it.',
		),
	),
	networks: v.pipe(
		v.optional(
			v.array(
				v.pipe(
					v.string('must be text'),
					v.check(isNetwork, 'must be addresses and networks such as "10.0.0.0/8"'),
				),
			),
			[],
		),
		v.description(
			'Addresses and networks besides the public ones where push services may be, such as "10.0.0.0/8", for a push service of your own.',
		),
	),
});
