import * as v from 'valibot';
import { httpAddress, text } from './settingKinds.ts';

/** The setting `files.s3`. */
export const s3 = v.pipe(
	v.optional(
		v.pipe(
			v.strictObject({
				bucket: text('', ''),
				endpoint: httpAddress(''),
				region: text('', 'us-east-1'),
				accessKeyId: text('', ''),
				secretAccessKey: text('', ''),
				pathStyle: v.optional(v.boolean('must be true or false'), true),
			}),
			v.check(
				({ accessKeyId, secretAccessKey }) => (accessKeyId === '') === (secretAccessKey === ''),
				'needs both keys, accessKeyId and secretAccessKey, or neither',
			),
			v.check(
				({ bucket, endpoint, accessKeyId }) =>
					bucket !== '' || (endpoint === '' && accessKeyId === ''),
				'needs the name of a bucket',
			),
		),
		{},
	),
	v.description(
		'Keeps uploaded files in a bucket of an S3-compatible storage instead of a folder. The bucket belongs to this service alone. An empty endpoint means Amazon; without keys those of AWS_ACCESS_KEY_ID, a profile or the machine count. With pathStyle the bucket stands in the path, and not in the host name.',
	),
);
