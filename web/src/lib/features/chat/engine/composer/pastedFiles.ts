/**
 * The files that a paste attaches. Cells of a spreadsheet come as text and as a picture of it: the text is pasted. A picture from a
 * page comes with markup, and files with their names as text: these are attached.
 */
export function pastedFiles(
	clipboard: (Pick<DataTransfer, 'getData'> & { files: ArrayLike<File> }) | null,
): readonly File[] {
	const isText = ['text/plain', 'text/html'].every((type) => clipboard?.getData(type).trim());
	return isText ? [] : Array.from(clipboard?.files ?? []);
}
