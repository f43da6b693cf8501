import type { Response } from 'express';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { CodedError } from '#shared/errors.ts';
import type { Budget } from '../../platform/budget.ts';

/** @throws {CodedError} TOO_MANY_REQUESTS, with a `Retry-After` header, if the budget is spent. */
export async function spend(
	limiter: Budget,
	key: string,
	points: number,
	response: Response,
	words?: string,
): Promise<void> {
	try {
		await limiter.consume(key, points);
	} catch (refusal) {
		throw refusal instanceof RateLimiterRes ? tooMany(refusal, response, words) : refusal;
	}
}

function tooMany({ msBeforeNext }: RateLimiterRes, response: Response, words?: string): CodedError {
	response.setHeader('Retry-After', Math.ceil(msBeforeNext / 1000));
	return new CodedError('TOO_MANY_REQUESTS', words);
}
