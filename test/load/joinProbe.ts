/**
 * A thread that joins a room of its own again and again, by signalling alone, and tells how long each join took
 * from entering the lobby to the answer, in ms. Its own event loop keeps what it measures apart from the load.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { newRoomId } from '../../shared/ids.ts';
import { guestCookie, TestClient } from '../support/client.ts';

const { url } = workerData as { url: string };
if (!parentPort) throw new Error('this is started as a thread');
const port = parentPort;

const cookie = await guestCookie(url);
async function measure(joins: number): Promise<void> {
	const times: number[] = [];
	for (let i = 0; i < joins; i++) {
		const client = await TestClient.connect({ url }, { cookie });
		const roomId = newRoomId();
		const began = performance.now();
		await client.join(roomId);
		times.push(performance.now() - began);
		await client.ask('room:leave', {});
		client.close();
		await new Promise((resolve) => setTimeout(resolve, 250));
	}
	port.postMessage(times);
}

port.on('message', (joins: number) => void measure(joins));
port.postMessage('ready');
