/** Whether a link, or its fragment, has the key of an end-to-end encrypted room. What it is worth is not looked at. */
export const hasKey = (link: string): boolean => /[#&]key=/.test(link);
