import { rulesVersion } from '../../shared/match.ts';
import type { MatchId } from '../../shared/ids.ts';
import type { Data, Sent, Told } from '../../shared/protocol.ts';
import type { TestClient, Cast } from './client.ts';
import { dtls, produceInput } from './rtp.ts';

/** Somebody who meets strangers, over a real socket. */
export class Stranger {
	readonly client: TestClient;
	readonly entered: Data<'match:enter'>;

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
			await client.ask('media:produce', produceInput('camera'));
			await client.ask('media:produce', produceInput('microphone'));
		}
		return stranger;
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
	get found(): Told<'match:found'>[] {
		return this.client.told('match:found');
	}

	/** The partner of this number, beginning with 0. */
	async partner(index = 0): Promise<Told<'match:found'>> {
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
