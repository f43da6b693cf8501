/** Stops the start. The message is one or two sentences for the operator: what is wrong and what to do. */
export class StartError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'StartError';
	}
}
