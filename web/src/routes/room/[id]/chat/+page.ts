/** A chat is made of what the server tells this person: nothing of it can be written in advance. */
export const prerender = false;
export const ssr = false;
