import * as v from 'valibot';

/** The latest time of a JavaScript date, in ms since 1970. */
const lastMoment = 8.64e15;

/** A time that a client states, in ms since 1970, within the range of databases and dates. */
export const moment = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(lastMoment));
