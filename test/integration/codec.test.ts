import { describe, expect, test } from 'vitest';
import type { RoomId } from '../../shared/ids.ts';
import type { RtpCapabilities } from '../../shared/rtp.ts';
import { eventually, type Cast, type TestClient } from '../support/client.ts';
import { inCall } from '../support/people.ts';
import { produceInput, svc } from '../support/rtp.ts';
import { withService } from '../support/withService.ts';

describe.each(['vp9', 'av1'] as const)('where %s is configured', (videoCodec) => {
	let cast: Cast;
	withService((on) => ({ cast } = on), { media: { videoCodec } });

	const firstPage = { videos: 9, width: 1280, height: 720 };
	const without = ({ codecs = [], ...rest }: RtpCapabilities): RtpCapabilities => ({
		...rest,
		codecs: codecs.filter(({ mimeType }) => mimeType.toLowerCase() !== `video/${videoCodec}`),
	});
	const enter = (client: TestClient, roomId: RoomId = cast.roomId) =>
		client.ask('lobby:enter', { roomId });

	test('MEDIA-22: rooms use it as long as everybody can receive it', async () => {
		const ana = await inCall(cast, 'Ana');
		const camera = produceInput('camera', { rtpParameters: svc(videoCodec) });
		await ana.client.ask('media:produce', camera);
		const client = await cast.connect();
		const lobby = await enter(client);
		expect(lobby.videoCodec).toBe(videoCodec);
		const offered = lobby.routerRtpCapabilities.codecs?.map(({ mimeType }) => mimeType);
		const named = `video/${videoCodec.toUpperCase()}`;
		expect(new Set(offered)).toEqual(new Set(['audio/opus', 'video/VP8', 'video/rtx', named]));
		const { routerRtpCapabilities: rtpCapabilities } = lobby;
		const { consumers, videoCodec: told } = await client.ask('room:join', {
			...{ roomId: cast.roomId, name: 'Bo', rtpCapabilities, firstPage },
		});
		expect(told).toBe(videoCodec);
		expect(consumers.map(({ rtpParameters }) => rtpParameters.codecs[0]?.mimeType)).toEqual([
			named,
		]);
		expect(ana.client.told('media:codec')).toEqual([]);
	});

	test('MEDIA-9, MEDIA-10: its layers follow the tile, and so does what its sender is asked for', async () => {
		const [ana, bo] = [await inCall(cast, 'Ana'), await inCall(cast, 'Bo')];
		const camera = produceInput('camera', { rtpParameters: svc(videoCodec) });
		await ana.client.ask('media:produce', camera);
		const { producerId } = camera;
		const demanded = () => ana.client.told('media:demand').at(-1)?.spatialLayer;
		const want = async (width: number, height: number) =>
			bo.client.ask('media:want', { wants: [{ producerId, width, height, priority: 1 }] });
		await want(320, 180);
		await eventually(() => demanded() === 0);
		await want(640, 360);
		await eventually(() => demanded() === 1);
		await want(1280, 720);
		await eventually(() => demanded() === 2);
		await want(0, 0);
		await eventually(() => demanded() === null);
	});

	test('MEDIA-22: whoever cannot receive it turns the room to VP8, from the lobby on and for good', async () => {
		const ana = await inCall(cast, 'Ana');
		const camera = produceInput('camera', { rtpParameters: svc(videoCodec) });
		await ana.client.ask('media:produce', camera);
		const waiting = await cast.connect();
		await enter(waiting);
		const old = await cast.connect();
		const rtpCapabilities = without((await enter(old)).routerRtpCapabilities);
		const { consumers } = await old.ask('lobby:prepare', { rtpCapabilities, firstPage });
		expect(consumers).toEqual([]);
		for (const told of [ana.client, waiting, old])
			expect(await told.until('media:codec')).toEqual({ videoCodec: 'vp8' });
		const { producerId } = camera;
		const wants = [{ producerId, width: 640, height: 360, priority: 1 }];
		await old.ask('room:join', { roomId: cast.roomId, name: 'Old', rtpCapabilities, firstPage });
		// MEDIA-6: until the sender has changed, there is nothing to be had.
		const { unavailable } = await old.ask('media:want', { wants });
		expect(unavailable).toEqual([{ id: producerId, code: 'BAD_MEDIA' }]);
		await ana.client.ask('media:close', { producerId });
		const next = produceInput('camera');
		await ana.client.ask('media:produce', next);
		const again = [{ ...wants[0]!, producerId: next.producerId }];
		expect((await old.ask('media:want', { wants: again })).consumers).toHaveLength(1);

		await old.ask('room:leave', {});
		expect((await enter(await cast.connect())).videoCodec).toBe('vp8');
		expect(ana.client.told('media:codec')).toHaveLength(1);
	});

	test('MEDIA-22: who waits at the door changes nothing', async () => {
		const ana = await inCall(cast, 'Ana');
		await ana.client.ask('host:policy', { knocking: true });
		const old = await cast.connect();
		const rtpCapabilities = without((await enter(old)).routerRtpCapabilities);
		await old.ask('media:loopback', { rtpCapabilities });
		await old.ask('room:knock', { name: 'Old' });
		const { knocks } = await ana.client.until('knock:list', (told) => told.knocks.length > 0);
		expect(ana.client.told('media:codec')).toEqual([]);
		for (const { knockId } of knocks) await ana.client.ask('host:admit', { knockId });
		expect(await ana.client.until('media:codec')).toEqual({ videoCodec: 'vp8' });
	});
});
