import type { Subject } from './subject.ts';
import { ok, unstartable, type Seen } from './findings.ts';

/** Whether the bucket for files can be written. */
export async function checkFiles({ config }: Pick<Subject, 'config'>): Promise<Seen[]> {
	const { s3 } = config.files;
	if (s3.bucket === '') return [];
	const { tryBucket } = await import('../files/s3/s3Client.ts');
	try {
		await tryBucket(s3);
	} catch (error) {
		return [unstartable(error, 'Check files.s3.endpoint, and whether the storage runs.')];
	}
	return [ok(`The bucket ${s3.bucket} can be written.`)];
}
