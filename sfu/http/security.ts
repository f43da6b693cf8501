import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The security headers of every answer. Scripts come from files of this origin and from nowhere else;
 * a room's address is as good as its key, so it is not told to other sites.
 *
 * @param https whether browsers reach this server by HTTPS with a certificate they trust: then they are
 *   told to insist on it.
 * @param frameAncestors origins that may show rooms within their own pages.
 */
export function securityHeaders(
	https: boolean,
	frameAncestors: readonly string[] = [],
): RequestHandler[] {
	const alone = headersFor(https, ["'none'"]);
	const framed = headersFor(https, frameAncestors);
	const headers: RequestHandler = (request, response, next) => {
		// Rooms alone: whoever frames another page could make people press what they do not see.
		const isRoom = frameAncestors.length > 0 && /^\/room\/[^/]+\/?$/.test(request.path);
		(isRoom ? framed : alone)(request, response, next);
	};
	return [headers, permissions];
}

const permissions: RequestHandler = (_request, response, next) => {
	response.setHeader(
		'Permissions-Policy',
		'camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), picture-in-picture=(self), geolocation=(), payment=(), usb=()',
	);
	next();
};

function headersFor(https: boolean, frameAncestors: readonly string[]) {
	return helmet({
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'self'"],
				// The stronger noise suppression is a WebAssembly module, a file of this origin too.
				scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
				// Components set sizes and positions as style attributes.
				styleSrc: ["'self'", "'unsafe-inline'"],
				imgSrc: ["'self'", 'data:', 'blob:'],
				mediaSrc: ["'self'", 'blob:'],
				workerSrc: ["'self'", 'blob:'],
				connectSrc: ["'self'"],
				objectSrc: ["'none'"],
				baseUri: ["'self'"],
				formAction: ["'self'"],
				frameAncestors: [...frameAncestors],
			},
		},
		referrerPolicy: { policy: 'no-referrer' },
		strictTransportSecurity: https,
		// An older word for the same, which knows no list.
		xFrameOptions: frameAncestors.includes("'none'") ? { action: 'deny' } : false,
	});
}
