/** A room is made of what happens in the browser: nothing of it can be written in advance. */
export const prerender = false;
export const ssr = false;
