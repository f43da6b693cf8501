import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** Counts what is spent by each key. */
export type Budget = Pick<RateLimiterAbstract, 'consume' | 'reward' | 'penalty'>;

/** Makes a budget: so many points within so many seconds. The name is the same on all nodes that count together. */
export type MakeBudget = (name: string, bound: { points: number; duration: number }) => Budget;

/** What this process alone counts. */
export const ownBudget: MakeBudget = (_name, bound) => new RateLimiterMemory(bound);
