import * as v from 'valibot';
import { signInRule } from '#shared/account.ts';
import { address, count, text } from './settingKinds.ts';

/** The section `accounts`. */
export const accounts = v.strictObject({
	required: v.pipe(
		v.optional(signInRule, 'never'),
		v.description(
			'When people have to sign in: "never", "rooms" (to make new rooms) or "joining" (to do anything at all).',
		),
	),
	administrators: v.pipe(
		v.optional(v.array(v.string('must be user names')), []),
		v.description(
			'User names of the administrators. Each name belongs for good to the first account that has it. "npm run admin" appoints administrators without names here.',
		),
	),
	administratorIdleHours: count(
		'How many hours an administrator stays signed in without opening a page.',
		12,
		1,
		9600,
	),
	idleDays: count(
		'How many days everybody else stays signed in without opening a page.',
		180,
		1,
		400,
	),
	newGuests: count(
		'How many people without a session may come from one network (/24 of IPv4, /56 of IPv6) within ten minutes. A school behind one address needs one for each of its devices.',
		3000,
		1,
		1_000_000,
	),
});

/** The section `oidc`. */
export const oidc = v.strictObject({
	issuer: address(
		'OpenID Connect provider to sign in with, such as "https://id.example.org"; empty for none. Register <this server>/api/account/oidc/callback there.',
	),
	clientId: text('The id of this server at the provider.', ''),
	clientSecret: text('The secret of this server at the provider; empty for a public client.', ''),
	name: text('Name of the provider on the button "Sign in with …".', ''),
});

/** The section `embed`. */
export const embed = v.strictObject({
	secret: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.check(
					(secret) => secret === '' || Buffer.byteLength(secret) >= 32,
					'must be empty or at least 32 bytes long',
				),
			),
			'',
		),
		v.description(
			'Secret with which your own site signs tokens that send people into rooms (HS256); at least 32 bytes, empty for none.',
		),
	),
	audience: text(
		'The required "aud" of these tokens, such as the address of this server; empty to accept any.',
		'',
	),
	issuer: text('The required "iss" of these tokens; empty to accept any.', ''),
	publicKey: text(
		'Instead of a secret: the public half (PEM) of the Ed25519 key with which your site signs tokens (EdDSA).',
		'',
	),
	frameAncestors: v.pipe(
		v.optional(
			v.array(
				v.pipe(v.string('must be text'), v.url('must be origins like "https://example.org"')),
			),
			[],
		),
		v.description(
			'Sites that may show rooms within their own pages, such as "https://example.org".',
		),
	),
});
