import {
	io as connect,
	type ManagerOptions,
	type Socket,
	type SocketOptions,
} from 'socket.io-client';
import type { Answer } from '../../../shared/errors.ts';
import { pageOf } from './pageModules.ts';

/* Socket.IO as a page has it: it goes to the page's origin, with the page's cookie. What is asked and answered is counted. */

const page = pageOf(import.meta.url);

export function io(options: Partial<ManagerOptions & SocketOptions>): Socket {
	const socket = connect(page.origin, { ...options, forceNew: true, extraHeaders: page.headers });
	const emit = socket.emit.bind(socket);
	socket.emit = (name: string, ...rest: unknown[]) => {
		const answered = rest.at(-1);
		if (typeof answered !== 'function') return emit(name, ...rest);
		const asked = performance.now();
		return emit(name, ...rest.slice(0, -1), (answer: Answer<unknown>) => {
			page.answered(name, performance.now() - asked, answer.ok ? null : answer.error);
			answered(answer);
		});
	};
	socket.on('connect_error', (error) => page.refused(error));
	socket.on('disconnect', (reason) => {
		if (reason !== 'io client disconnect') page.failed('connection', 'LOST', reason);
	});
	return socket;
}
