import type { ReportReason } from '#shared/match.ts';
import type { MatchId } from '#shared/ids.ts';
import type {
	Connection,
	DeviceState,
	TileSize,
	VideoMode,
} from '#lib/features/call/engine/model.ts';
import { SharedConnection } from '#lib/connection/sharedConnection.ts';
import { everywhere } from '#lib/features/site/state/everywhere.svelte.ts';
import { recallChoice, rememberChoice } from '../engine/choice.ts';
import { Matching } from '../engine/matching.ts';
import type { Choice, Keeping, Line, MatchObserver, MatchPhase, Partner } from '../engine/model.ts';
import { becomeKnown } from '#lib/preferences/rememberedName.ts';

/** Meeting strangers as reactive state. Connects when it is made; needs a browser. */
export class MatchState {
	readonly #matching: Matching;
	readonly #server = new SharedConnection();
	#choice = $state.raw<Choice>(recallChoice());
	#phase = $state.raw<MatchPhase>({ kind: 'opening' });
	#connection = $state<Connection>('connecting');
	#agreed = $state(false);
	#waiting = $state(0);
	#partner = $state.raw<Partner | null>(null);
	#last = $state.raw<MatchId | null>(null);
	#lines = $state.raw<readonly Line[]>([]);
	#typing = $state(false);
	#keeping = $state.raw<Keeping>({ mine: false, theirs: false, kept: false });
	#microphone = $state.raw<DeviceState>({ kind: 'off' });
	#camera = $state.raw<DeviceState>({ kind: 'off' });
	#preview = $state.raw<MediaStream | null>(null);
	#videoMode = $state<VideoMode>('full');
	#sinkId = $state('');

	constructor() {
		this.#matching = new Matching(this.#choice, this.#observer());
		this.#videoMode = this.#matching.devices.videoMode;
		this.#matching.open();
	}

	get choice(): Choice {
		return this.#choice;
	}
	get phase(): MatchPhase {
		return this.#phase;
	}
	get connection(): Connection {
		return this.#connection;
	}
	get agreed(): boolean {
		return this.#agreed;
	}
	get waiting(): number {
		return this.#waiting;
	}
	get partner(): Partner | null {
		return this.#partner;
	}
	/** The current match, or the last one. */
	get last(): MatchId | null {
		return this.#last;
	}
	get lines(): readonly Line[] {
		return this.#lines;
	}
	get typing(): boolean {
		return this.#typing;
	}
	get keeping(): Keeping {
		return this.#keeping;
	}
	get microphone(): DeviceState {
		return this.#microphone;
	}
	get camera(): DeviceState {
		return this.#camera;
	}
	get preview(): MediaStream | null {
		return this.#preview;
	}

	/** How much of a partner's video is loaded, as chosen for all calls. */
	get videoMode(): VideoMode {
		return this.#videoMode;
	}

	/** The speaker that a partner is heard on, as chosen for all calls; empty for the browser's own choice. */
	get sinkId(): string {
		return this.#sinkId;
	}

	choose(change: Partial<Choice>): void {
		this.#choice = { ...this.#choice, ...change };
		rememberChoice(this.#choice);
		this.#matching.choose(this.#choice);
	}

	async start(agree: boolean): Promise<void> {
		await this.#matching.start(agree);
		this.#agreed = true;
	}

	retry(): void {
		this.#matching.retry();
	}

	next(): Promise<void> {
		return this.#matching.next();
	}

	stop(): void {
		this.#matching.stop();
	}

	keep(keep: boolean): Promise<void> {
		return this.#matching.partner.keep(keep);
	}

	block(): Promise<void> {
		return this.#matching.block();
	}

	report(matchId: MatchId, reason: ReportReason, words: string, block: boolean): Promise<void> {
		return this.#matching.report({ matchId, reason, words, block });
	}

	say(body: string): Promise<void> {
		return this.#matching.partner.chat.say(body);
	}

	setTyping(typing: boolean): void {
		this.#matching.partner.chat.typing(typing);
	}

	setMicrophone(on: boolean): Promise<void> {
		return this.#matching.devices.set('microphone', on);
	}

	setCamera(on: boolean): Promise<void> {
		return this.#matching.devices.set('camera', on);
	}

	setVideoMode(mode: VideoMode): void {
		this.#matching.devices.setVideoMode(mode);
	}

	show(size: TileSize): void {
		this.#matching.partner.show(size);
	}

	close(): void {
		this.#matching.close();
		this.#takePlace(false);
		this.#server.close();
	}

	/** A person who answers a call meanwhile leaves the match, as they would leave a call. */
	#takePlace(meets: boolean): void {
		if (!meets) this.#server.vacate(this.#goAway);
		else if (!SharedConnection.occupied) this.#server.occupy(this.#goAway);
	}

	readonly #goAway = (): void => this.stop();

	/** The partner has this person as a contact now, and may call. */
	#becomeContact(): void {
		becomeKnown(this.#choice.name.trim());
		everywhere.want();
	}

	#observer(): MatchObserver {
		return {
			phase: (phase) => {
				this.#phase = phase;
				this.#takePlace(phase.kind === 'waiting' || phase.kind === 'matched');
			},
			connection: (connection) => (this.#connection = connection),
			agreed: (agreed) => (this.#agreed = agreed),
			waiting: (waiting) => (this.#waiting = waiting),
			partner: (partner) => {
				this.#partner = partner;
				if (partner) this.#last = partner.matchId;
			},
			lines: (lines) => (this.#lines = lines),
			typing: (typing) => (this.#typing = typing),
			keeping: (keeping) => {
				this.#keeping = keeping;
				if (keeping.kept) this.#becomeContact();
			},
			microphone: (state) => (this.#microphone = state),
			camera: (state) => (this.#camera = state),
			preview: (stream) => (this.#preview = stream),
			level: () => undefined,
			devices: ({ speaker }) => (this.#sinkId = speaker.active ?? ''),
			deviceLost: () => undefined,
			speakingWhileMuted: () => undefined,
			systemMuted: () => undefined,
			videoMode: (mode) => (this.#videoMode = mode),
		};
	}
}
