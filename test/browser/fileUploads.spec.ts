import { expect, serviceUrl, test } from '../support/browser.ts';
import { WobblyLine } from '../support/wobblyLine.ts';

/** Bytes that are the same nowhere for long, so that a piece in the wrong place shows. */
const byteAt = (index: number) => (index * 7919 + (index >> 8)) & 255;

test('a file whose line is cut in the middle goes on where it stopped, and arrives whole', async ({
	person,
	roomId,
}) => {
	const line = await WobblyLine.to(serviceUrl);
	const ann = await person('Ann', { baseURL: line.url });
	const offsets: number[] = [];
	ann.page.on('request', (request) => {
		if (request.method() === 'PATCH') offsets.push(Number(request.headers()['upload-offset']));
	});
	await ann.page.goto(`/room/${roomId}/chat`);
	await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann');
	await ann.page.getByRole('button', { name: 'Join chat' }).click();
	const box = ann.page.getByRole('textbox', { name: 'Message' });
	const send = ann.page.getByRole('button', { name: 'Send' });
	await box.fill('with a file');

	const size = 12_000_000;
	line.cutAfter(4_000_000);
	await ann.page.locator('input[type=file]').setInputFiles({
		name: 'noise.bin',
		mimeType: 'image/png',
		buffer: Buffer.from(Uint8Array.from({ length: size }, (_, index) => byteAt(index))),
	});
	await expect(ann.page.getByText('Waiting for the connection')).toBeVisible();
	await expect(send).toBeDisabled();
	expect(line.isDown).toBe(true);
	line.mend();
	await expect(send).toBeEnabled();
	expect(offsets).toEqual([0, expect.any(Number)]);
	expect(offsets[1]).toBeGreaterThan(1_000_000);

	await send.click();
	const link = ann.page.getByRole('log', { name: 'Messages' }).getByRole('link');
	const address = (await link.first().getAttribute('href')) ?? '';
	const received = await ann.page.evaluate(async (from) => {
		const response = await fetch(from);
		const bytes = new Uint8Array(await response.arrayBuffer());
		const whole = bytes.every((byte, index) => byte === ((index * 7919 + (index >> 8)) & 255));
		return { type: response.headers.get('content-type'), length: bytes.length, whole };
	}, address);
	expect(received).toEqual({ type: 'application/octet-stream', length: size, whole: true });
	line.close();
});
