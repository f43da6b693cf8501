import { recall, type ServiceWorkerWords } from '#lib/push/kept.ts';

/** The page as the server has it; without the server, a page that says so. */
export async function pageOf({ preloadResponse, request }: FetchEvent): Promise<Response> {
	try {
		return ((await preloadResponse) as Response | undefined) ?? (await fetch(request));
	} catch (error) {
		const words = await recall('words');
		if (!words) throw error;
		return unreachable(words);
	}
}

const escaped = (text: string) =>
	text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);

/** It uses no file of the server. The link leads to the same address. */
function unreachable(words: ServiceWorkerWords): Response {
	const { language, direction, unreachable: title, check, again } = words;
	const html = `<!doctype html>
<html lang="${escaped(language)}" dir="${escaped(direction)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escaped(title)} · Parley</title>
<style>
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { display: grid; place-content: center; justify-items: center; gap: 1rem; min-height: 90vh; margin: 1.5rem;
	text-align: center; background: light-dark(#f6f4ef, #101517); color: light-dark(#1b2326, #e9edee); }
h1, p { margin: 0; }
h1 { font-size: 1.5rem; }
a { padding: 0.75rem 1.25rem; border-radius: 0.625rem; font-weight: 600; text-decoration: none;
	background: light-dark(#0f6f68, #4cc7b5); color: light-dark(#ffffff, #04211d); }
</style>
<main style="display: contents">
<h1>${escaped(title)}</h1>
<p>${escaped(check)}</p>
<a href="">${escaped(again)}</a>
</main>
</html>`;
	return new Response(html, {
		status: 503,
		headers: {
			'Content-Type': 'text/html; charset=utf-8',
			'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
			'Cache-Control': 'no-store',
		},
	});
}
