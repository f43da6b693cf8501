import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The last requested response of each connection. */
const last = new WeakMap<Socket, ServerResponse>();

/**
 * Handles the requests of a connection one after the other, as their answers are sent. A response that waits behind
 * another is not told when the connection breaks: the file that it reads would stay open.
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
			// The request may have been answered meanwhile because it took too long to arrive.
			if (!response.headersSent) next();
		});
}
