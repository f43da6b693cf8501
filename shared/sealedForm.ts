const sealed = String.raw`e1\.\d{1,4}\.[\w-]+`;

/** The form of a text that pages of an end-to-end encrypted room have sealed: `e1.<epoch>.<base64url>`. */
export const sealedForm = new RegExp(`^${sealed}$`);

/** The same of the text of a message: its beginning and, for a longer text, the rest, with a space between them. */
export const sealedBodyForm = new RegExp(`^${sealed}(?: ${sealed})?$`);

/** Whether a text has the form of one that was sealed. */
export const isSealed = (text: string): boolean => sealedForm.test(text);

/** Whether a text, be it a name or that of a message, has the form of one that was sealed. */
export const isSealedBody = (text: string): boolean => sealedBodyForm.test(text);

/** The epochs by whose secrets the parts of a sealed text were sealed; none of a text that is not sealed. */
export const epochsOf = (text: string): number[] =>
	isSealedBody(text) ? text.split(' ').map((part) => Number(part.split('.')[1])) : [];
