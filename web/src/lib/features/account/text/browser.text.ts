/** The name and the system of a browser, from what it says about itself. */
export function browserWords(userAgent: string): string {
	const browser = browserOf(userAgent);
	const system = systemOf(userAgent);
	if (browser && system) return `${browser} on ${system}`;
	return browser || system || 'Unknown browser';
}

/** Most say that they are others too, so the order counts. */
function browserOf(userAgent: string): string {
	const names: [RegExp, string][] = [
		[/\bEdgA?\//, 'Edge'],
		[/\bOPR\//, 'Opera'],
		[/\bSamsungBrowser\//, 'Samsung Internet'],
		[/\b(?:Firefox|FxiOS)\//, 'Firefox'],
		[/(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
		[/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
	];
	return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
}

function systemOf(userAgent: string): string {
	const names: [RegExp, string][] = [
		[/\biPhone\b/, 'iPhone'],
		[/\biPad\b/, 'iPad'],
		[/\bAndroid\b/, 'Android'],
		[/\bCrOS\b/, 'ChromeOS'],
		[/\bWindows\b/, 'Windows'],
		[/\bMac OS X\b/, 'macOS'],
		[/\bLinux\b/, 'Linux'],
	];
	return names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? '';
}
