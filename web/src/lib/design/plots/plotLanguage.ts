/** uPlot asks for the browser's language when it is loaded, and fails where that is none, such as "c" or "en-US@posix". */
export function repairLanguage(): void {
	try {
		new Intl.Locale(navigator.language);
	} catch {
		Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
	}
}

repairLanguage();
