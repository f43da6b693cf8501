import { newRoomId } from '../../shared/ids.ts';
import { expect, test as base, type Person } from '../support/browser.ts';
import { fakeScreen } from '../support/fakeMedia.ts';
import { startServiceProcess } from '../support/serviceProcess.ts';
import { desktop } from '../support/views.ts';

type Fixtures = {
	/** What the service is configured for. */
	videoCodec: 'vp9' | 'av1';
	/** Into the call of a room of that service. */
	inCall: (name: string, withoutVp9?: boolean) => Promise<Person>;
};

/** A browser that has never heard of VP9. */
function forgetVp9(): void {
	const without = (sdp = '') => {
		const types = [...sdp.matchAll(/^a=rtpmap:(\d+) VP9\//gm)].flatMap(([, type = '']) => {
			const rtx = new RegExp(`^a=fmtp:(\\d+) apt=${type}\r?$`, 'm').exec(sdp)?.[1];
			return rtx ? [type, rtx] : [type];
		});
		const about = new RegExp(`^a=(?:rtpmap|fmtp|rtcp-fb):(?:${types.join('|')}) .*\r\n`, 'gm');
		return sdp.replace(about, '').replace(/^m=video .*$/gm, (line) =>
			line
				.split(' ')
				.filter((word, index) => index < 3 || !types.includes(word.trim()))
				.join(' '),
		);
	};
	const prototype = RTCPeerConnection.prototype as {
		createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
	};
	const { createOffer } = prototype;
	prototype.createOffer = async function (options) {
		const { type, sdp } = await createOffer.call(this, options);
		return { type, sdp: without(sdp) };
	};
}

const test = base.extend<Fixtures>({
	videoCodec: ['vp9', { option: true }],
	inCall: async ({ person, videoCodec }, use) => {
		const service = await startServiceProcess(undefined, { PARLEY_MEDIA_VIDEOCODEC: videoCodec });
		const roomId = newRoomId();
		try {
			await use(async (name, withoutVp9 = false) => {
				const someone = await person(name, { baseURL: service.url });
				await someone.page.addInitScript(fakeScreen);
				if (withoutVp9) await someone.page.addInitScript(forgetVp9);
				await someone.toLobby(roomId);
				await someone.join();
				return someone;
			});
		} finally {
			await service.close();
		}
	},
});

/** What of a person's camera is encoded: the codec, and the modes of its layers. */
async function sent(person: Person): Promise<{ codecs: unknown[]; modes: unknown[] }> {
	const layers = (await person.stats('outbound-rtp', 'video')).filter(
		({ active, framesEncoded }) => active && Number(framesEncoded) > 0,
	);
	const codecs = await person.page.evaluate(async () => {
		const found: [string, string][] = [];
		for (const connection of window.peerConnections) {
			if (connection.connectionState === 'closed') continue;
			for (const entry of (await connection.getStats()).values())
				if (entry.type === 'codec') found.push([String(entry.id), String(entry.mimeType)]);
		}
		return found;
	});
	const named = new Map(codecs);
	return {
		codecs: [...new Set(layers.map(({ codecId }) => named.get(String(codecId))))],
		modes: layers.map(({ scalabilityMode }) => scalabilityMode),
	};
}

/** A share of Ana's is sent in the codec too, and seen beside her camera. */
async function sharesToo(ana: Person, bo: Person, codec: string): Promise<void> {
	await ana.controls.getByRole('button', { name: 'Share screen' }).click();
	const screen = bo.page.getByRole('group', { name: "Ana's screen" }).locator('video');
	const seen = () =>
		screen.evaluate((video: HTMLVideoElement) => [
			video.videoWidth,
			video.getVideoPlaybackQuality().totalVideoFrames > 5,
		]);
	await expect.poll(seen, { timeout: 30_000 }).toEqual([1600, true]);
	await expect.poll(async () => (await sent(ana)).codecs).toEqual([codec]);
	await bo.seesMoving('Ana');
}

test('MEDIA-9, MEDIA-10, MEDIA-22: where VP9 is configured cameras and shares are sent in it, until somebody comes without', async ({
	inCall,
}) => {
	const [ana, bo] = [await inCall('Ana'), await inCall('Bo')];
	await test.step('MEDIA-9, MEDIA-10, MEDIA-22: where VP9 is configured its layers are sent, and follow the tiles', async () => {
		await ana.seesMoving('Bo');
		await bo.seesMoving('Ana');
		const width = () =>
			bo
				.tile('Ana')
				.locator('video')
				.evaluate((video: HTMLVideoElement) => video.videoWidth);
		await expect.poll(() => sent(ana)).toEqual({ codecs: ['video/VP9'], modes: ['L2T3_KEY'] });
		await expect.poll(width).toBe(640);

		await bo.page.setViewportSize({ width: 360, height: 360 });
		await expect.poll(width).toBe(320);
		await expect.poll(() => sent(ana)).toEqual({ codecs: ['video/VP9'], modes: ['L1T3'] });
		await bo.seesMoving('Ana');
		await bo.page.setViewportSize(desktop);
		await expect.poll(width, { timeout: 30_000 }).toBe(640);

		// MEDIA-10: nobody watches.
		await bo.controls.getByRole('button', { name: 'Leave' }).click();
		const encoded = () => ana.total('outbound-rtp', 'video', 'framesEncoded');
		await expect
			.poll(async () => {
				const before = await encoded();
				await ana.page.waitForTimeout(1000);
				return (await encoded()) - before;
			})
			.toBe(0);
	});
	await test.step('MEDIA-22: cameras and shares are sent in it, and seen', async () => {
		await bo.page.getByRole('button', { name: 'Join again' }).click();
		await bo.join();
		await bo.seesMoving('Ana');
		await expect.poll(async () => (await sent(ana)).codecs).toEqual(['video/VP9']);
		await sharesToo(ana, bo, 'video/VP9');
		await ana.controls.getByRole('button', { name: 'Stop sharing' }).click();
		await expect(bo.tile("Ana's screen")).toHaveCount(0);
	});
	await test.step('MEDIA-22: a browser without it turns everybody to VP8 in mid-call', async () => {
		await bo.seesMoving('Ana');
		await expect.poll(async () => (await sent(ana)).codecs).toEqual(['video/VP9']);
		const old = await inCall('Old', true);
		await expect.poll(async () => (await sent(ana)).codecs).toEqual(['video/VP8']);
		await old.seesMoving('Ana');
		await bo.seesMoving('Ana');
		await ana.seesMoving('Old');
	});
});

test.describe('av1', () => {
	test.use({ videoCodec: 'av1' });
	test('MEDIA-22: cameras and shares are sent in it, and seen', async ({ inCall }) => {
		const [ana, bo] = [await inCall('Ana'), await inCall('Bo')];
		await bo.seesMoving('Ana');
		await expect.poll(async () => (await sent(ana)).codecs).toEqual(['video/AV1']);
		await sharesToo(ana, bo, 'video/AV1');
	});
});
