/** Stops the start. The message is one or two sentences for the operator: what is wrong, what to do. */
export class StartError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'StartError';
	}
}
