import * as v from 'valibot';
import { personId } from './ids.ts';

/** The person who wrote or did something, under the name that they had then. */
export const author = v.object({ personId, name: v.string() });
export type Author = v.InferOutput<typeof author>;

/** A person's role in a room. */
export const role = v.picklist(['host', 'member']);
export type Role = v.InferOutput<typeof role>;

/** A person who has ever joined the room, and so may read and write in it. */
export const chatMember = v.object({
	personId,
	name: v.string(),
	role,
	/** What hosts call the member's part in the room, such as tutor; absent if they did not say. */
	label: v.optional(v.string()),
});
export type ChatMember = v.InferOutput<typeof chatMember>;
