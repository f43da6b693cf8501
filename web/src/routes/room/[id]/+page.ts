import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { carriesToken } from '#lib/features/rooms/engine/visit.ts';
import type { PageLoad } from './$types';

/** A room is made of what happens in the browser: nothing of it can be written in advance. */
export const prerender = false;
export const ssr = false;

/** Connects while the page is still being built. Who brings another site's token is somebody else in a moment. */
export const load: PageLoad = ({ url }) => {
	// The call tries again, and says what is wrong.
	if (!carriesToken(url)) new SharedConnection().open().catch(() => undefined);
};
