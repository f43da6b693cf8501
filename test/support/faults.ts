// Loaded into a service process before its own code, by `--import`. On SIGUSR2 something fails there that nobody catches.
import { Server } from 'node:http';

process.on('SIGUSR2', () => {
	// A server that never closes keeps the service from closing.
	if (process.env['FAULT_STUCK'])
		Server.prototype.close = function () {
			return this;
		};
	if (process.env['FAULT'] === 'rejection') void Promise.reject(new Error('injected'));
	// What is thrown within the handler of a signal is what is thrown by any other callback.
	else throw new Error('injected');
});
