import { rulesVersion } from '../../shared/match.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { MediaSource } from '../../shared/mediaSource.ts';
import type { Data, Sent, FactOf } from '../../shared/protocol.ts';
import type { TestClient, Cast } from './client.ts';
import { dtls, produceInput } from './rtp.ts';

/** Somebody who meets strangers, over a real socket. */
export class Stranger {
	readonly client: TestClient;
	readonly entered: Data<'match:enter'>;
	/** What it stated to send, with the ids that it made itself. */
	readonly sent: Sent<'media:produce'>[] = [];

	private constructor(client: TestClient, entered: Data<'match:enter'>) {
		this.client = client;
		this.entered = entered;
	}

	/** Gets ready; by video with a camera and a microphone that are stated. */
	static async enter(
		cast: Cast,
		mode: 'video' | 'text' = 'text',
		cookie?: string,
	): Promise<Stranger> {
		const client = await cast.connect(cookie === undefined ? {} : { cookie });
		const stranger = new Stranger(
			client,
			await client.ask('match:enter', { media: mode === 'video' }),
		);
		if (mode === 'video') {
			await client.ask('media:connect', { direction: 'send', dtlsParameters: dtls() });
			await stranger.produce('camera');
			await stranger.produce('microphone');
		}
		return stranger;
	}

	/** Sends something new. */
	async produce(source: MediaSource): Promise<void> {
		const input = produceInput(source);
		await this.client.ask('media:produce', input);
		this.sent.push(input);
	}

	/** Into the queue, agreeing to the rules. */
	start(wish: Partial<Sent<'match:start'>> = {}): Promise<Data<'match:start'>> {
		const { media } = this.entered;
		return this.client.ask('match:start', {
			mode: media ? 'video' : 'text',
			agree: rulesVersion,
			...(media && {
				receive: {
					rtpCapabilities: media.routerRtpCapabilities,
					view: { width: 640, height: 360 },
				},
			}),
			...wish,
		});
	}

	/** The matches there were so far. */
	get found(): FactOf<'match:found'>[] {
		return this.client.told('match:found');
	}

	/** The partner of this number, beginning with 0. */
	async partner(index = 0): Promise<FactOf<'match:found'>> {
		await this.client.until('match:found', () => this.found.length > index);
		const found = this.found[index];
		if (!found) throw new Error('there is no such partner');
		return found;
	}

	next(matchId: MatchId): Promise<Data<'match:next'>> {
		return this.client.ask('match:next', { matchId });
	}
}

/** Two who have met, under these names if they gave any. */
export async function twoMet(
	cast: Cast,
	mode: 'video' | 'text' = 'text',
	names: { ann?: string; ben?: string } = {},
): Promise<{ ann: Stranger; ben: Stranger; matchId: MatchId }> {
	const [ann, ben] = [await Stranger.enter(cast, mode), await Stranger.enter(cast, mode)];
	await ann.start({ name: names.ann ?? null });
	await ben.start({ name: names.ben ?? null });
	const { matchId } = await ann.partner();
	await ben.partner();
	return { ann, ben, matchId };
}
