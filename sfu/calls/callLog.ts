import type { CallRecord } from '#shared/calls.ts';
import type { Author } from '#shared/chat.ts';
import { newMessageId, type PersonId } from '#shared/ids.ts';
import type { Data, Parsed } from '#shared/protocol.ts';
import type { RingOutcome } from '#shared/systemEvent.ts';
import type { Chats } from '../chat/chats.ts';
import type { Log } from '../platform/log.ts';
import type { Acquaintances } from '../people/social/acquaintances.ts';
import { Backlog } from '../platform/backlog.ts';
import type { Store } from '../store/api/store.ts';
import type { Ring } from './ringRegistry.ts';

type CallEnd = { talked?: number | null; message?: string | null; at?: number };

/** Records calls for both histories and in the chat of the two. No request waits for it; see `Backlog`. */
export class CallLog {
	readonly #rings: Store['rings'];
	readonly #chats: Pick<Chats, 'note' | 'post' | 'access'>;
	readonly #acquaintances: Acquaintances;
	readonly backlog: Backlog;

	constructor(
		rings: Store['rings'],
		chats: Pick<Chats, 'note' | 'post' | 'access'>,
		acquaintances: Acquaintances,
		log: Log,
		isAlone = true,
	) {
		this.#rings = rings;
		this.#chats = chats;
		this.#acquaintances = acquaintances;
		this.backlog = new Backlog(log, async () => {
			// Rings of other nodes go on.
			if (!isAlone) return;
			for (const { caller, callee, answeredAt, endedAt } of await rings.recover())
				if (answeredAt !== null && endedAt !== null)
					this.#note(caller, callee, 'accepted', { talked: endedAt - answeredAt, at: endedAt });
		});
	}

	began({ ringId, roomId, caller, callee, video, silence, since: at }: Ring): void {
		const hidden = silence === 'hidden';
		this.#add(caller, callee, () =>
			this.#rings.begin({ ringId, roomId, caller, callee, video, hidden, at }),
		);
	}

	answered({ ringId, caller, callee }: Ring): void {
		const at = Date.now();
		this.#add(caller, callee, () => this.#rings.answered(ringId, at));
	}

	/**
	 * @param end.talked how long the two talked, in ms; null if the call was not answered.
	 * @param end.message the callee's message in declining.
	 * @param end.at when, in ms since 1970.
	 */
	ended(
		{ ringId, caller, callee, outcome }: Ring,
		{ talked = null, message = null, at = Date.now() }: CallEnd,
	): void {
		const [end, now] = [outcome ?? 'no-answer', Date.now()];
		this.#add(caller, callee, () => this.#rings.end(ringId, end, at));
		this.#note(caller, callee, end, { talked, at: now });
		if (message === null) return;
		const messageId = newMessageId();
		this.#add(caller, callee, async () => {
			const roomId = await this.#acquaintances.directRoom(caller, callee);
			const draft = { body: message, replyTo: null, mentions: [], files: [] };
			await this.#chats.post(callee.personId, { chat: { roomId }, messageId, draft });
		});
	}

	async history(
		person: PersonId,
		{ before = Number.MAX_SAFE_INTEGER, limit }: Parsed<'people:history'>,
	): Promise<Data<'people:history'>> {
		const found = await this.#chats.access.reading(() =>
			this.#rings.history(person, before, limit + 1),
		);
		const calls = found.slice(0, limit).map((ring): CallRecord => {
			const outgoing = ring.caller.personId === person;
			const { ringId, roomId, roomName, video, beganAt, answeredAt, endedAt, outcome } = ring;
			const talked = answeredAt !== null && endedAt !== null;
			return {
				ringId,
				roomId,
				roomName,
				video,
				beganAt,
				outcome,
				outgoing,
				person: outgoing ? ring.callee : ring.caller,
				duration: talked ? endedAt - answeredAt : null,
			};
		});
		return { calls, more: found.length > limit };
	}

	/** Posts a line in the chat of the two. */
	#note(
		caller: Author,
		callee: Author,
		outcome: RingOutcome,
		{ talked, at }: Required<Pick<CallEnd, 'talked' | 'at'>>,
	): void {
		const seconds = talked === null ? null : Math.round(talked / 1000);
		this.#add(caller, callee, async () => {
			const roomId = await this.#acquaintances.directRoom(caller, callee);
			await this.#chats.note(roomId, caller, { event: 'called', outcome, seconds }, at);
		});
	}

	/** Bounded by caller; entries about the same two people keep their order. */
	#add(caller: Author, callee: Author, task: () => Promise<void>): void {
		const lane = [caller.personId, callee.personId].sort().join(' ');
		this.backlog.add({ lane, person: caller.personId }, task);
	}

	/** Resolves when all is written or could not be written, at `deadline` at the latest. */
	close(deadline?: AbortSignal): Promise<void> {
		return this.backlog.close(deadline);
	}
}
