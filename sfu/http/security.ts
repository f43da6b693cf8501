import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The security headers of every answer. Scripts come only from files of this origin. A room's address is as good as its
 * key, so it is not told to other sites.
 *
 * @param trusted whether browsers trust the service's own certificate.
 * @param frameAncestors origins that may show rooms within their own pages.
 */
export function securityHeaders(
	trusted: boolean,
	frameAncestors: readonly string[] = [],
): RequestHandler[] {
	const alone = headersFor(["'none'"]);
	const framed = headersFor(frameAncestors);
	const headers: RequestHandler = (request, response, next) => {
		// Rooms only: a site that frames another page could trick people into pressing things that they do not see.
		const isRoom = frameAncestors.length > 0 && /^\/room\/[^/]+\/?$/.test(request.path);
		(isRoom ? framed : alone)(request, response, next);
	};
	return [headers, strictTransport(trusted), permissions, unlisted];
}

/**
 * Tells browsers to insist on HTTPS if the request came by HTTPS; for this host only, since sibling hosts may belong to
 * other people.
 */
function strictTransport(trusted: boolean): RequestHandler {
	const insist = helmet.strictTransportSecurity({ includeSubDomains: false });
	return (request, response, next) => {
		const isOwn = 'encrypted' in request.socket;
		if (request.secure && (trusted || !isOwn)) insist(request, response, next);
		else next();
	};
}

/** Search engines index only the landing page: a room's link is its key. */
const unlisted: RequestHandler = (request, response, next) => {
	if (request.path !== '/') response.setHeader('X-Robots-Tag', 'noindex');
	next();
};

const permissions: RequestHandler = (_request, response, next) => {
	response.setHeader(
		'Permissions-Policy',
		'camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), picture-in-picture=(self), geolocation=(), payment=(), usb=()',
	);
	next();
};

function headersFor(frameAncestors: readonly string[]) {
	return helmet({
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'self'"],
				// The stronger noise suppression is a WebAssembly module, which is also a file of this origin.
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
		// Requests say which of our pages they come from (ACCOUNT-25). Other sites learn of none.
		referrerPolicy: { policy: 'same-origin' },
		strictTransportSecurity: false,
		// The older header for the same purpose, which does not know lists.
		xFrameOptions: frameAncestors.includes("'none'") ? { action: 'deny' } : false,
	});
}
