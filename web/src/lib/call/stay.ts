import * as v from 'valibot';
import { CodedError } from '#shared/errors.ts';
import { resumeToken, roomId, type RoomId } from '#shared/ids.ts';
import type { Data } from '#shared/protocol.ts';
import type { CallObserver, DeviceState } from './model.ts';

const key = 'parley:stay';

/** How long after it was unloaded a page is thought to be loaded again, in ms. */
const freshness = 60_000;

const stay = v.object({
	roomId,
	token: resumeToken,
	name: v.string(),
	microphone: v.boolean(),
	camera: v.boolean(),
	/** When the page was unloaded, in ms since 1970. */
	at: v.number(),
});
/** A stay in a call that ended with its page, and not because its person left. */
export type Stay = v.InferOutput<typeof stay>;

/** Whether this page was loaded again, or come back to, and not gone to by an address or a link. */
function isReturn(): boolean {
	const [entry] = performance.getEntriesByType('navigation');
	return entry instanceof PerformanceNavigationTiming && entry.type !== 'navigate';
}

/** The stay that this page goes on with, if it is loaded anew after one. */
export function recallStay(room: RoomId): Stay | null {
	try {
		const kept = v.parse(stay, JSON.parse(sessionStorage.getItem(key) ?? 'null'));
		const mine = kept.roomId === room && Date.now() - kept.at < freshness;
		return mine && isReturn() ? kept : null;
	} catch {
		// Nothing was kept, or nothing that is known: the page begins in the lobby.
		return null;
	}
}

/** Lets a stay in a call go on over a reload of its page. */
export class Staying {
	readonly #roomId: RoomId;
	readonly #on = { microphone: false, camera: false };
	/** Whether this page goes on with a stay, and is not inside yet. */
	#returning: boolean;

	constructor(roomId: RoomId, returning: boolean) {
		this.#roomId = roomId;
		this.#returning = returning;
	}

	/** The same observer, whose devices are as they are to be on the next page. */
	watched(observer: CallObserver): CallObserver {
		const note = (kind: 'microphone' | 'camera') => (state: DeviceState) => {
			this.#on[kind] = state.kind === 'on' || state.kind === 'starting';
			observer[kind](state);
		};
		return { ...observer, microphone: note('microphone'), camera: note('camera') };
	}

	/** For the page that is loaded next in this tab. A page that the browser kept whole begins anew, too. */
	keep(token: Stay['token'] | null, name: string): void {
		addEventListener('pageshow', () => location.reload(), { once: true });
		if (!token) return;
		const kept: Stay = { roomId: this.#roomId, token, name, ...this.#on, at: Date.now() };
		try {
			sessionStorage.setItem(key, JSON.stringify(kept));
		} catch {
			// Then the person comes back by way of the lobby.
		}
	}

	/** The person is in, or does not want to be. */
	forget(): void {
		this.#returning = false;
		try {
			sessionStorage.removeItem(key);
		} catch {
			// Nothing was kept.
		}
	}

	/**
	 * Where the place of the page before is gone, this one comes in like anybody else.
	 *
	 * @returns whether it may not at once.
	 * @throws {CodedError} CALL_OVER where nobody is in the call any more.
	 */
	isShutOut({ kept, room, present, admission }: Data<'lobby:enter'>): boolean {
		if (!this.#returning || kept) return false;
		this.forget();
		if (room.kind === 'call' && present === 0) throw new CodedError('CALL_OVER');
		return admission !== 'open';
	}
}
