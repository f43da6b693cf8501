/**
 * From the press on Accept until both see each other: `npm run load:call`, after `npm run build`.
 *
 * Two in a browser each call each other in turn. Whoever is called accepts after a moment, and hangs up when both have
 * seen the first picture; 20 times, or `--calls N`. Prints the spread of every step on both sides, in ms. A call in which one
 * of them sees nothing within ten seconds is counted as a miss, and it is said which side was stuck.
 */
import { callTrial } from './callTrial.ts';
import { repeat } from './repeat.ts';

await repeat(callTrial, 20);
