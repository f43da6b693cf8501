import * as v from 'valibot';

/** What people choose to be seen as. `away` comes by itself, too. */
export const chosenState = v.picklist(['available', 'do-not-disturb', 'away']);
export type ChosenState = v.InferOutput<typeof chosenState>;
