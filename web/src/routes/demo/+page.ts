/** A file like other pages, but empty until a browser plays what is in it. */
export const ssr = false;
