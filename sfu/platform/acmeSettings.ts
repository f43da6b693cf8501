import * as v from 'valibot';
import { count, fitting } from './settingKinds.ts';

/** A full name of a host. The authority gives neither addresses nor, over HTTP, patterns such as "*.example.org". */
const domain =
	/^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The section `http.acme`. */
export const acme = v.pipe(
	v.strictObject({
		domains: v.pipe(
			v.optional(
				v.pipe(
					v.array(
						v.pipe(
							v.string('must be text'),
							v.regex(domain, 'must be a full name of a host such as "meet.example.org"'),
						),
					),
					v.maxLength(100, 'must be at most 100 names'),
				),
				[],
			),
			v.description(
				'Names of this service, such as "meet.example.org". With them it serves HTTPS, and gets and renews the certificate by itself. Empty for none.',
			),
		),
		contact: v.pipe(
			v.optional(
				v.pipe(
					v.string('must be text'),
					v.regex(/^(?:[^\s@:]+@[^\s@]+)?$/, 'must be empty, or an address of e-mail'),
				),
				'',
			),
			v.description(
				'Where the authority writes to about the certificate, such as "admin@example.org".',
			),
		),
		directory: fitting(
			'Where the authority is: the address of its ACME directory.',
			(text) => /^https:\/\//.test(text) && URL.canParse(text),
			'must be an address that begins with https://',
			'https://acme-v02.api.letsencrypt.org/directory',
		),
		port: count(
			'TCP port on which the authority looks whether the names lead here; everybody else is sent to HTTPS from there. From outside it has to be port 80.',
			80,
			1,
			65535,
		),
	}),
	v.description(
		"A certificate that the service gets and renews by itself, from an authority that speaks ACME such as Let's Encrypt.",
	),
);
