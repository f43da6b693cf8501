import * as v from 'valibot';

/** The last time that a date can name, in ms since 1970. */
const lastMoment = 8.64e15;

/** A time that a client names, in ms since 1970: what databases and dates can take. */
export const moment = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(lastMoment));
