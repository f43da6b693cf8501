import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The security headers of every answer. Scripts come from files of this origin and from nowhere else;
 * a room's address is as good as its key, so it is not told to other sites.
 *
 * @param https whether browsers reach this server by HTTPS with a certificate they trust: then they are
 *   told to insist on it.
 */
export function securityHeaders(https: boolean): RequestHandler[] {
	const headers = helmet({
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
				frameAncestors: ["'none'"],
			},
		},
		referrerPolicy: { policy: 'no-referrer' },
		strictTransportSecurity: https,
		xFrameOptions: { action: 'deny' },
	});
	const permissions: RequestHandler = (_request, response, next) => {
		response.setHeader(
			'Permissions-Policy',
			'camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), picture-in-picture=(self), geolocation=(), payment=(), usb=()',
		);
		next();
	};
	return [headers, permissions];
}
