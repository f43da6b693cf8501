import type { RoomId } from '#shared/ids.ts';
import type { Author } from '#shared/members.ts';
import { rememberedName } from '#lib/preferences/rememberedName.ts';
import { judgedPath } from '#lib/features/call/state/judgedPath.svelte.ts';
import { hand, maker, type QuietCall } from '#lib/features/call/state/preparedCalls.ts';

/** The name of the person in calls if they were never asked for one. */
export const ownName = (): string => rememberedName() || 'Guest';

export type CallTarget = {
	readonly roomId: RoomId;
	/** The one who calls or is called. */
	readonly person: Author;
	readonly camera: boolean;
	/** The call that was prepared before, if any. */
	readonly made?: QuietCall | null;
	/**
	 * Joins only when media passes both ways. This is for the person who joins first: they would otherwise set up their
	 * receiving path only when the other person is there.
	 */
	readonly early?: boolean;
	/** Whether it is still to be, when it can begin. */
	readonly wanted?: () => boolean;
};

/** Brings this page into a call: joins the room, and shows the page of the room meanwhile. */
export class CallPreload {
	#destination = $state.raw<RoomId | null>(null);
	#code: (() => Promise<unknown>) | null = null;
	/** Counts the calls asked for: of two that have not begun, the later one counts. */
	#turn = 0;

	/** Where the page is to go; see `arrived`. */
	get destination(): RoomId | null {
		return this.#destination;
	}

	arrived(): void {
		this.#destination = null;
	}

	/** @param load fetches the code of the room's page, which makes `maker`. */
	useCode(load: () => Promise<unknown>): void {
		this.#code = load;
	}

	/** Fetches what calls need, so that they begin at once. Never rejects. */
	async prepare(): Promise<void> {
		// When the code is needed, it is requested again, and the page that needs it shows the error.
		await this.#code?.().catch(() => undefined);
	}

	/**
	 * Goes to the room of the call. If the code of the page is not loaded yet, waits for it. If it cannot be loaded, the
	 * call begins as any other: in its lobby, or with the error of the browser.
	 */
	async go(target: CallTarget): Promise<QuietCall | null> {
		const { roomId, person, made = null, wanted = () => true } = target;
		const turn = ++this.#turn;
		if (!made && !maker.make) await this.prepare();
		if (turn !== this.#turn || !wanted()) return made;
		const quiet = made ?? maker.make?.(roomId);
		this.#destination = roomId;
		if (!quiet) return null;
		const joining = this.#join(quiet, target);
		// The page it is handed to says what became of it.
		joining.catch(() => undefined);
		hand(roomId, { call: quiet.call, person, joining });
		return quiet;
	}

	async #join({ call, answer }: QuietCall, { camera, early = false }: CallTarget): Promise<void> {
		if (early && !(await judgedPath(call))) return;
		await answer(ownName(), { microphone: true, camera });
	}
}
