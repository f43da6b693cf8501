import * as v from 'valibot';
import { count, httpAddress, text } from './settingKinds.ts';

/** The section `redis`. */
export const redis = v.strictObject({
	url: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.check(
					(url) => url === '' || (/^rediss?:\/\//.test(url) && URL.canParse(url)),
					'must be empty, or an address that begins with redis:// or rediss://',
				),
			),
			'',
		),
		v.description(
			'Redis that several nodes of one service share, such as "redis://host:6379"; empty for a service on one machine. Needs data.databaseUrl, and files.dir, files.s3 or no files.',
		),
	),
});

const shortName = v.optional(
	v.pipe(
		v.string('must be text'),
		v.regex(
			/^(?:[a-z0-9][a-z0-9-]{0,31})?$/,
			'must be empty, or up to 32 small letters, digits and hyphens',
		),
	),
	'',
);

/** The section `node`. It counts only with `redis.url`. */
export const node = v.strictObject({
	id: v.pipe(
		shortName,
		v.description(
			'What this node is called among the nodes of redis.url; empty means a name that is made at the first start and kept in data.dir.',
		),
	),
	region: v.pipe(
		shortName,
		v.description(
			'Where this node is, such as "eu-west": rooms begin in the region of the person who opens them. Empty where that does not matter.',
		),
	),
	port: count(
		'TCP port on which this node takes what other nodes pass on to it; 0 lets the system choose. Let only the other nodes reach it.',
		3100,
		0,
		65535,
	),
	address: text('Address to listen on with this port; empty means every interface.', ''),
	lentWorkers: count(
		'How many media workers this node runs at most for rooms of other nodes that do not fit there, on the media ports after those of its own workers.',
		1,
		0,
		64,
	),
	url: httpAddress(
		'How other nodes reach that port, such as "http://10.0.0.5:3100"; empty means the first address of this machine.',
	),
});
