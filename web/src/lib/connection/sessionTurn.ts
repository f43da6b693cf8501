/**
 * Runs requests that may begin or renew a session one after the other, in all tabs of this browser. A page whose session
 * ended asks for a new one: beside a sign-in that is on its way, that would be a guest's, and its cookie could come last.
 *
 * Browsers have locks only on pages that were served safely, and not in a frame of another site that may keep nothing. There,
 * requests of this page alone take turns.
 */
export async function sessionTurn<T>(request: () => Promise<T>): Promise<T> {
	let began = false;
	const inTurn = () => {
		began = true;
		return request();
	};
	try {
		if (typeof navigator !== 'undefined' && 'locks' in navigator) {
			return await navigator.locks.request('parley:session', inTurn);
		}
	} catch (error) {
		if (began) throw error;
	}
	const turn = last.then(request);
	last = turn.catch(() => undefined);
	return turn;
}

let last: Promise<unknown> = Promise.resolve();
