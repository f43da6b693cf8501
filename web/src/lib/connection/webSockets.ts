const key = 'parley:web-sockets';

/** What this page tries first, where nothing can be kept. */
let hang = false;

/** WebSockets hang on the way from this browser: the connection begins without one, in later pages too. */
export function rememberHanging(): void {
	hang = true;
	try {
		localStorage.setItem(key, 'hang');
	} catch {
		// Later pages find out by themselves.
	}
}

/** By what the connection is made, in this order. It goes from polling to a WebSocket as soon as one works. */
export function transports(): ('websocket' | 'polling')[] {
	try {
		hang ||= localStorage.getItem(key) !== null;
	} catch {
		// Storage is blocked.
	}
	return hang ? ['polling', 'websocket'] : ['websocket', 'polling'];
}
