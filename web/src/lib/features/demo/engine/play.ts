import { ownNumber } from './guests.ts';
import type { DemoChat } from './chat.ts';
import { demoLine } from './lines.ts';
import type { DemoRoom } from './room.ts';
import type { Act, Script } from './script.ts';

type Timer = ReturnType<typeof setTimeout>;

/** Lets a script happen in a room, in its time. */
export class Play {
	readonly #script: Script;
	readonly #room: DemoRoom;
	readonly #chat: DemoChat;
	#timers: { talk: Timer; happening: Timer } | null = null;

	constructor(script: Script, room: DemoRoom, chat: DemoChat) {
		this.#script = script;
		this.#room = room;
		this.#chat = chat;
	}

	get playing(): boolean {
		return this.#timers !== null;
	}

	/** Continues where it was stopped. */
	start(): void {
		if (this.#timers) return;
		this.#timers = { talk: this.#talk(), happening: this.#happen() };
	}

	/** Everybody falls silent and stays as they are. */
	stop(): void {
		if (!this.#timers) return;
		clearTimeout(this.#timers.talk);
		clearTimeout(this.#timers.happening);
		this.#timers = null;
		this.#hush();
	}

	#talk(): Timer {
		const { after, what } = this.#script.turn(this.#room.guests);
		return setTimeout(() => {
			if (!this.#timers) return;
			if (
				what &&
				this.#room.guests.some(({ number, microphoneOn }) => number === what.guest && microphoneOn)
			)
				this.#room.speak([what.guest, ...this.#own]);
			this.#timers.talk = setTimeout(() => {
				this.#hush();
				if (this.#timers) this.#timers.talk = this.#talk();
			}, what?.length ?? 500);
		}, after);
	}

	#happen(): Timer {
		const { after, what } = this.#script.happening(this.#room.guests, this.#room.wanted);
		return setTimeout(() => {
			if (!this.#timers) return;
			if (what) this.#act(what);
			this.#timers.happening = this.#happen();
		}, after);
	}

	#act(act: Act): void {
		const room = this.#room;
		switch (act.kind) {
			case 'come':
				// The person may have admitted a guest meanwhile.
				if (room.guests.length < room.wanted) room.come();
				return;
			case 'leave':
				return room.leave(act.guest);
			case 'react':
				return room.react(act.guest, act.emoji);
			case 'write':
				return this.#chat.say(act.guest, demoLine(act.line));
			case 'microphone':
				return room.change(act.guest, { microphoneOn: act.on });
			case 'camera':
				return room.change(act.guest, { cameraOn: act.on });
			case 'hand':
				return room.change(act.guest, { hand: act.on ? Date.now() : null });
			case 'share':
				return room.share(act.guest, act.on);
			case 'connection':
				return room.change(act.guest, { connected: act.on });
		}
	}

	#hush(): void {
		this.#room.speak(this.#own);
	}

	/** The person, while they speak: the script does not decide about that. */
	get #own(): readonly number[] {
		return this.#room.speaking.filter((number) => number === ownNumber);
	}
}
