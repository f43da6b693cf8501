/**
 * From the press on Next to the first picture of the next partner: `npm run load:next`, after `npm run build`.
 *
 * Somebody presses Next, 30 times (or `--presses N`), while two others in another browser wait in turn for them. Prints the
 * spread of every step that the page marks, in ms. A press that brings no picture within ten seconds is counted as a miss, and it
 * is said which side was stuck.
 */
import { nextTrial } from './nextTrial.ts';
import { repeat } from './repeat.ts';

await repeat(nextTrial, 30);
