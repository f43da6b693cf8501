/**
 * Reading a long history: `npm run load:scroll` (`--messages 50000 --seconds 20`), after `npm run build`.
 *
 * A chat is filled, its page opened, and the wheel turned upwards. Prints the time to the first message, the time
 * between frames while scrolling (a page that does nothing gives 16.7 ms), tasks of more than 50 ms, and how many
 * elements the list had at most.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright';
import { newRoomId } from '../../shared/ids.ts';
import { Person } from '../support/browser.ts';
import { ChatPage, seedChat } from '../support/chatPage.ts';
import { serviceFolder, type ServiceProcess } from '../support/serviceProcess.ts';
import { heading, line } from './percentiles.ts';
import { withBrowsers } from './withBrowsers.ts';

const { values } = parseArgs({
	options: {
		messages: { type: 'string', default: '50000' },
		seconds: { type: 'string', default: '20' },
	},
});
const [messages, seconds] = [Number(values.messages), Number(values.seconds)];

const folder = serviceFolder();
await withBrowsers(1, measure, folder);

async function measure(service: ServiceProcess, browser?: Browser): Promise<void> {
	if (!browser) throw new Error('a browser is needed');
	const roomId = newRoomId();
	const reader = await Person.open(browser, 'Reader', { baseURL: service.url });
	const chat = await ChatPage.open(reader, roomId);
	await seedChat(join(folder, 'data'), roomId, messages);
	const began = performance.now();
	await reader.page.reload();
	await chat.message(`Entry ${messages}`).waitFor();
	const opened = performance.now() - began;

	await reader.page.evaluate(() => {
		const seen = { frames: [] as number[], tasks: [] as number[], elements: 0 };
		let last = performance.now();
		const frame = () => {
			const now = performance.now();
			seen.frames.push(now - last);
			last = now;
			seen.elements = Math.max(seen.elements, document.querySelectorAll('[role=log] *').length);
			requestAnimationFrame(frame);
		};
		requestAnimationFrame(frame);
		new PerformanceObserver((list) => {
			for (const { duration } of list.getEntries()) seen.tasks.push(duration);
		}).observe({ type: 'longtask' });
		Object.assign(window, { seen });
	});
	await chat.log.hover();
	const end = performance.now() + seconds * 1000;
	while (performance.now() < end) {
		await reader.page.mouse.wheel(0, -700);
		await reader.page.waitForTimeout(30);
	}
	const seen = await reader.page.evaluate(
		() =>
			(window as Window & { seen?: { frames: number[]; tasks: number[]; elements: number } })
				.seen ?? {
				frames: [],
				tasks: [],
				elements: 0,
			},
	);
	const reached = Number(
		/Entry (\d+)/.exec(await chat.log.getByRole('article').first().innerText())?.[1] ?? Number.NaN,
	);
	console.log(`${messages} messages; first one shown after ${opened.toFixed(0)} ms`);
	console.log(
		`${messages - reached} messages scrolled in ${seconds} s; ms between frames:\n${heading}`,
	);
	console.log(line('frames', seen.frames));
	console.log(line('tasks of more than 50 ms', seen.tasks));
	console.log(`${seen.tasks.length} such tasks; at most ${seen.elements} elements in the list`);
}
