import * as v from 'valibot';
import { s3 } from './s3Settings.ts';
import { count, text } from './settingKinds.ts';

/** The section `data`. */
export const data = v.strictObject({
	dir: text(
		'Folder for the data of the service: its database, uploaded files, signing secret, and the certificate of --lan.',
		'./data',
	),
	databaseUrl: v.pipe(
		v.optional(
			v.pipe(
				v.string('must be text'),
				v.regex(/^(?:postgres(?:ql)?:\/\/\S+)?$/, 'must be empty or begin with postgres://'),
			),
			'',
		),
		v.description(
			'PostgreSQL database to use, such as "postgres://user:password@host/name"; empty means SQLite in data.dir.',
		),
	),
});

/** The section `files`. */
export const files = v.strictObject({
	dir: text(
		'Folder for uploaded files; empty means data.dir. Several nodes need a folder that all of them see, on a network drive for instance, or files.s3.',
		'',
	),
	s3,
	maxMegabytes: count(
		'How large a file in the chat may be, in MB of 1024 × 1024 bytes; 0 means that no files are accepted.',
		100,
		0,
		10_240,
	),
	roomMegabytes: count(
		'How much space the files of one room may take together, in MB of 1024 × 1024 bytes.',
		2048,
		1,
		1_048_576,
	),
	totalMegabytes: count(
		'How much space the files of all rooms may take together, in MB of 1024 × 1024 bytes; 0 means as much as the disk holds.',
		0,
		0,
		1_073_741_824,
	),
	freeMegabytes: count(
		'How much space of the disk of data.dir stays free of files, in MB of 1024 × 1024 bytes, so that messages can always be stored. With files.s3 it does not count.',
		512,
		0,
		1_073_741_824,
	),
});
