/**
 * From the click on Join to the first remote frame: `npm run load:join`, after `npm run build`.
 *
 * One browser is in a room and sends its camera; a second one goes through the lobby, waits until its
 * media path is proved, and joins, 20 times with a new page each (or `--joins N`). Prints the spread of
 * every step that the page marks, in ms. A step that no join needed is said to be so. A join whose picture does not come within
 * ten seconds is counted as a miss, and it is said which side was stuck.
 */
import { joinTrial } from './joinTrial.ts';
import { repeat } from './repeat.ts';

await repeat(joinTrial, 20);
