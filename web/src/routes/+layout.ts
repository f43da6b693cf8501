/** Pages are files made at build time, unless they say otherwise. */
export const prerender = true;
