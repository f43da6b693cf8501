import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The security headers of every answer. Scripts come from files of this origin and from nowhere else;
 * a room's address is as good as its key, so it is not told to other sites.
 *
 * @param trusted whether the certificate of the service itself is one that browsers trust.
 * @param frameAncestors origins that may show rooms within their own pages.
 */
export function securityHeaders(
	trusted: boolean,
	frameAncestors: readonly string[] = [],
): RequestHandler[] {
	const alone = headersFor(["'none'"]);
	const framed = headersFor(frameAncestors);
	const headers: RequestHandler = (request, response, next) => {
		// Rooms alone: whoever frames another page could make people press what they do not see.
		const isRoom = frameAncestors.length > 0 && /^\/room\/[^/]+\/?$/.test(request.path);
		(isRoom ? framed : alone)(request, response, next);
	};
	return [headers, insistence(trusted), permissions, unlisted];
}

/** Browsers are told to insist on HTTPS by what reached them so: for this host alone, others may be somebody else's. */
function insistence(trusted: boolean): RequestHandler {
	const insist = helmet.strictTransportSecurity({ includeSubDomains: false });
	return (request, response, next) => {
		const isOwn = 'encrypted' in request.socket;
		if (request.secure && (trusted || !isOwn)) insist(request, response, next);
		else next();
	};
}

/** Search engines keep the landing page alone: a room's link is its key. */
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
		strictTransportSecurity: false,
		// An older word for the same, which knows no list.
		xFrameOptions: frameAncestors.includes("'none'") ? { action: 'deny' } : false,
	});
}
