import { writeFile } from 'node:fs/promises';

const rate = 48_000;
const seconds = 4;
/** Syllables in a second. */
const syllables = 4;

/**
 * Writes a sound for the microphone of a browser, without end when it is played again and again: a voice that says syllables
 * without a pause. The beeps of the browser's own fake microphone leave so much silence that it sends nothing.
 */
export async function writeSpeech(file: string): Promise<void> {
	const samples = Int16Array.from({ length: rate * seconds }, (_, index) => {
		const time = index / rate;
		const syllable = Math.floor(time * syllables);
		const loudness = 0.15 + 0.85 * Math.sin(Math.PI * ((time * syllables) % 1)) ** 2;
		// Whole numbers of Hz, so that the end fits the beginning.
		const pitch = 120 + ((syllable * 37) % 60);
		let sum = 0;
		for (let harmonic = 1; harmonic <= 12; harmonic++)
			sum += Math.sin(2 * Math.PI * pitch * harmonic * time) / harmonic;
		return Math.round(sum * loudness * 6000);
	});
	const header = Buffer.alloc(44);
	header.write('RIFF');
	header.writeUInt32LE(36 + samples.byteLength, 4);
	header.write('WAVEfmt ', 8);
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(rate, 24);
	header.writeUInt32LE(rate * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36);
	header.writeUInt32LE(samples.byteLength, 40);
	await writeFile(file, Buffer.concat([header, Buffer.from(samples.buffer)]));
}
