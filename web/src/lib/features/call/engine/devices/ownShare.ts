import type { CodedError } from '#shared/errors.ts';
import type { ShareMode, ShareState } from '../model.ts';
import { hintMode, pickScreen, shareFrameRates, shareProblemOf } from './screenPicker.ts';
import type { Sender } from '../media/sender.ts';

/** A share: its picture, its sound if it has any, and the stream that shows it to its owner. */
type Picked = { video: MediaStreamTrack; audio: MediaStreamTrack | null; stream: MediaStream };

/**
 * The share of the person's screen. It outlives a session on the server: the sender of the next session
 * carries it on.
 */
export class OwnShare {
	readonly #tell: (state: ShareState) => void;
	#sender: Pick<Sender, 'share'> | null = null;
	#picked: Picked | null = null;
	#mode: ShareMode = 'text';
	/** Counts what makes a picker that is open pointless. */
	#turn = 0;
	#picking = false;

	constructor(tell: (state: ShareState) => void) {
		this.#tell = tell;
	}

	/** From now on this sender carries the share. */
	attach(sender: Pick<Sender, 'share'>): void {
		this.#sender = sender;
		if (this.#picked) void this.#feed();
	}

	/**
	 * Lets the person pick a screen to share. During a share it replaces that. To be called directly from a click.
	 * Problems show as state. Never rejects.
	 */
	async start(mode: ShareMode = 'text'): Promise<void> {
		if (this.#picking) return;
		const turn = ++this.#turn;
		this.#picking = true;
		if (!this.#picked) this.#tell({ kind: 'starting' });
		try {
			const stream = await pickScreen(mode);
			if (turn === this.#turn) await this.#take(stream, mode);
			else stopAll(stream);
		} catch (error) {
			if (turn !== this.#turn || this.#picked) return;
			const problem = shareProblemOf(error);
			this.#tell(problem ? { kind: 'problem', problem } : { kind: 'off' });
		} finally {
			this.#picking = false;
		}
	}

	/** Changes the mode of the share. */
	async setMode(mode: ShareMode): Promise<void> {
		if (!this.#picked || mode === this.#mode) return;
		const { video } = this.#picked;
		this.#mode = mode;
		hintMode(video, mode);
		this.#tellOn();
		const frameRate = { ideal: shareFrameRates[mode], max: shareFrameRates[mode] };
		// A picture that keeps its rate is sent in the new mode all the same.
		await Promise.all([this.#feed(), video.applyConstraints({ frameRate }).catch(() => undefined)]);
	}

	/** Ends the share, or the picking. */
	stop(): void {
		this.#turn++;
		this.#end();
		this.#tell({ kind: 'off' });
	}

	/** Ends the share with the session. */
	release(): void {
		this.stop();
		this.#sender = null;
	}

	async #take(stream: MediaStream, mode: ShareMode): Promise<void> {
		const [video] = stream.getVideoTracks();
		const [audio = null] = stream.getAudioTracks();
		if (!video) throw new Error('The browser gave no picture.');
		const before = this.#picked;
		if (before) this.#unhear(before);
		this.#picked = { video, audio, stream: new MediaStream([video]) };
		this.#mode = mode;
		hintMode(video, mode);
		video.addEventListener('ended', this.#onEnded);
		audio?.addEventListener('ended', this.#onSoundEnded);
		this.#tellOn();
		await this.#feed();
		if (before) stopPicked(before);
	}

	async #feed(): Promise<void> {
		if (!this.#picked) return;
		const { video, audio } = this.#picked;
		const failed = (error: CodedError) => {
			if (this.#picked?.video !== video) return;
			this.#end();
			this.#tell({ kind: 'problem', problem: 'declined', message: error.message });
		};
		await this.#sender?.share({ video, audio, mode: this.#mode, failed });
	}

	#end(): void {
		if (!this.#picked) return;
		this.#unhear(this.#picked);
		stopPicked(this.#picked);
		this.#picked = null;
		void this.#sender?.share(null);
	}

	/** The browser's own button ended the share, or the shared window was closed. */
	readonly #onEnded = (): void => this.stop();

	readonly #onSoundEnded = (): void => {
		if (this.#picked) this.#picked.audio = null;
		void this.#feed();
	};

	#unhear({ video, audio }: Picked): void {
		video.removeEventListener('ended', this.#onEnded);
		audio?.removeEventListener('ended', this.#onSoundEnded);
	}

	#tellOn(): void {
		if (this.#picked) this.#tell({ kind: 'on', stream: this.#picked.stream, mode: this.#mode });
	}
}

function stopAll(stream: MediaStream): void {
	for (const track of stream.getTracks()) track.stop();
}

function stopPicked({ video, audio }: Picked): void {
	video.stop();
	audio?.stop();
}
