/** Who one knows is asked for by the browser: nothing of it can be written in advance. */
export const prerender = false;
export const ssr = false;
