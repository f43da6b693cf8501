import { deflateSync } from 'node:zlib';

/** A part of a PNG. */
function chunk(type: string, data: Buffer): Buffer {
	const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
	const length = Buffer.alloc(4);
	length.writeUInt32BE(data.length);
	return Buffer.concat([length, body, checksum(body)]);
}

/** CRC-32 as PNG wants it. */
function checksum(data: Buffer): Buffer {
	let crc = 0xffffffff;
	for (const byte of data) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	const out = Buffer.alloc(4);
	out.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
	return out;
}

/** A grey PNG that says it has this size; its pixels are those of at most 64 lines. */
export function png(width: number, height: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.writeUInt8(8, 8);
	const pixels = Buffer.alloc((Math.min(width, 1024) + 1) * Math.min(height, 64));
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(pixels)),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

/** The head of a JPEG that says it has this size, and how the camera was held. */
export function jpeg(width: number, height: number, orientation: number): Buffer {
	const exif = Buffer.concat([
		Buffer.from('Exif\0\0MM\0*\0\0\0\x08', 'latin1'),
		// One entry: orientation, a short, one of them.
		Buffer.from([0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]),
	]);
	const frame = Buffer.alloc(15);
	frame.writeUInt8(8, 0);
	frame.writeUInt16BE(height, 1);
	frame.writeUInt16BE(width, 3);
	const jfif = Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1');
	return Buffer.concat([
		Buffer.from([0xff, 0xd8]),
		segment(0xe0, jfif),
		segment(0xe1, exif),
		segment(0xc0, frame),
		Buffer.from([0xff, 0xd9]),
	]);
}

function segment(marker: number, data: Buffer): Buffer {
	const head = Buffer.from([0xff, marker, 0, 0]);
	head.writeUInt16BE(data.length + 2, 2);
	return Buffer.concat([head, data]);
}
