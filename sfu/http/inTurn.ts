import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The response that was asked for last on each connection. */
const last = new WeakMap<Socket, ServerResponse>();

/**
 * Carries out the requests of a connection one after the other, as their answers go out. A response that waits behind another
 * is not told when the connection breaks: what it reads from would stay open for ever.
 */
export function inTurn(
	{ socket }: IncomingMessage,
	response: ServerResponse,
	next: () => void,
): void {
	const before = last.get(socket);
	last.set(socket, response);
	if (!before || before.writableFinished) next();
	else
		before.once('finish', () => {
			// It may have been answered meanwhile: that it took too long to arrive.
			if (!response.headersSent) next();
		});
}
