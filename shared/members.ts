import * as v from 'valibot';
import { personId } from './ids.ts';

/** Who wrote or did something, under the name they had then. */
export const author = v.object({ personId, name: v.string() });
export type Author = v.InferOutput<typeof author>;

/** What somebody is in a room. */
export const role = v.picklist(['host', 'member']);
export type Role = v.InferOutput<typeof role>;

/** Somebody who has joined the room at some time, and so may read and write in it. */
export const chatMember = v.object({
	personId,
	name: v.string(),
	role,
});
export type ChatMember = v.InferOutput<typeof chatMember>;
