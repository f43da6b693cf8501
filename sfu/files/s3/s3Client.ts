import { S3, S3ServiceException, type S3ClientConfig } from '@aws-sdk/client-s3';
import { CodedError } from '#shared/errors.ts';
import type { Config } from '../../platform/config.ts';
import { StartError } from '../../platform/startError.ts';

export type S3Settings = Config['files']['s3'];

/** In ms: how long the storage may take to accept a connection, and may be silent while it answers. */
const [connectionTimeout, socketTimeout] = [3_000, 15_000];

/** Under this key it is tried out whether the bucket can be written. */
const trial = 'uploads/trial';

export function clientConfig({
	endpoint,
	region,
	accessKeyId,
	secretAccessKey,
	pathStyle,
}: S3Settings): S3ClientConfig {
	return {
		region,
		forcePathStyle: pathStyle,
		requestHandler: { connectionTimeout, socketTimeout },
		// Not every storage knows the checksums that Amazon has added.
		requestChecksumCalculation: 'WHEN_REQUIRED',
		responseChecksumValidation: 'WHEN_REQUIRED',
		...(endpoint && { endpoint }),
		...(accessKeyId && { credentials: { accessKeyId, secretAccessKey } }),
	};
}

/** The status of an answer that says no; null where there was no answer. */
const statusOf = (error: unknown): number | null =>
	error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? null) : null;

const away = "Files can't be reached right now. Try again in a moment.";

/** @throws {CodedError} UNAVAILABLE if the storage does not do it. */
export async function reached<T>(work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw Object.assign(new CodedError('UNAVAILABLE', away), { cause: error });
	}
}

/**
 * Null where there is no such thing.
 *
 * @throws {CodedError} UNAVAILABLE if the storage does not tell.
 */
export function found<T>(work: Promise<T>): Promise<T | null> {
	return reached(
		work.catch((error: unknown) => {
			if (statusOf(error) === 404) return null;
			throw error;
		}),
	);
}

/**
 * Writes into the bucket and removes that again.
 *
 * @throws {StartError} if the storage refuses; {Error} if it does not answer, with the reason.
 */
export async function tryBucket(settings: S3Settings): Promise<void> {
	const client = new S3(clientConfig(settings));
	const object = { Bucket: settings.bucket, Key: trial };
	try {
		await client.putObject({ ...object, Body: 'trial' });
		await client.deleteObject(object);
	} catch (error) {
		const { name, message } = error as Error;
		const reason = message === '' || message === 'UnknownError' ? name : `${name}: ${message}`;
		const status = statusOf(error);
		if ((status !== null && status < 500) || name === 'CredentialsProviderError')
			throw new StartError(
				`files.s3: the bucket ${settings.bucket} cannot be written (${reason}). Check its name, its region, the endpoint and the keys.`,
			);
		throw new Error(`${settings.endpoint || 'Amazon S3'} does not answer (${reason})`, {
			cause: error,
		});
	} finally {
		client.destroy();
	}
}
