/** Whether the person has told the browser to save data. Not all browsers say. */
export function savesData(browser: object): boolean {
	const connection: unknown = 'connection' in browser ? browser.connection : null;
	return (
		typeof connection === 'object' &&
		connection !== null &&
		'saveData' in connection &&
		connection.saveData === true
	);
}
