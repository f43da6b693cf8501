import { PassThrough, Readable } from 'node:stream';
import { Router, type Request as Incoming, type Response as Outgoing } from 'express';
import type { FileInfo } from '#shared/chat.ts';
import { fileId, type FileId } from '#shared/ids.ts';
import { CodedError } from '#shared/errors.ts';
import * as v from 'valibot';
import { filesPath, type Files } from '../../files/files.ts';
import { TooSlow } from '../../files/uploads.ts';
import { addressBlock } from '../../platform/address.ts';
import type { Authentication } from '../request/authentication.ts';
import { downloadHeaders, sendPiece } from './downloads.ts';
import { isGone } from '../request/failures.ts';

/**
 * Uploads by the tus protocol, and downloads.
 *
 * @param basePath below which the service is; empty for the root of its host.
 */
export function fileRoutes(authentication: Authentication, files: Files, basePath: string): Router {
	const routes = Router();

	const upload = async (request: Incoming, response: Outgoing, id: FileId | null) => {
		const { personId, roomId } = authentication.askerOf(request);
		const sender = { personId, roomId, network: addressBlock(request.ip ?? '') };
		const address = new URL(id ? `${filesPath}/${id}` : filesPath, 'http://localhost');
		const requestBody = bodyOf(request);
		try {
			const webRequest = new Request(address, {
				method: request.method,
				headers: headersOf(request),
				...(requestBody && { body: webStream(requestBody), duplex: 'half' as const }),
			});
			const answer = await files.uploads.answer(sender, id, webRequest);
			const made = answer.headers.get('location');
			if (made !== null) answer.headers.set('location', basePath + made);
			await send(answer, response);
		} catch (error) {
			// The rest would arrive as slowly.
			if (error instanceof TooSlow) response.setHeader('Connection', 'close');
			throw error;
		} finally {
			if (requestBody) request.unpipe(requestBody);
			request.resume();
		}
	};

	routes.post('/', (request, response) => upload(request, response, null));
	routes.options('/', (request, response) => upload(request, response, null));
	routes.patch('/:fileId', (request, response) => upload(request, response, idOf(request)));
	routes.delete('/:fileId', (request, response) => upload(request, response, idOf(request)));
	routes.head('/:fileId', async (request, response, next) => {
		// A tus client asks for the offset of its upload; any other client asks about a download.
		if (request.headers['tus-resumable'] === undefined) return next();
		const complete = await completeSize(request);
		if (complete === null) return upload(request, response, idOf(request));
		response.set({ 'Tus-Resumable': '1.0.0', 'Upload-Offset': `${complete}` });
		response.set('Upload-Length', `${complete}`).end();
	});

	routes.get('/:fileId/info', async (request, response) => {
		const file = await files.info(authentication.askerOf(request), idOf(request));
		response.json({ ok: true, data: { file } });
	});

	routes.get(['/:fileId', '/:fileId/:name'], async (request, response) => {
		const file = await files.readable(authentication.askerOf(request), idOf(request));
		await deliver(file, response);
	});

	/** The size of an upload that is a file already. */
	async function completeSize(request: Incoming): Promise<number | null> {
		try {
			return (await files.info(authentication.askerOf(request), idOf(request))).size;
		} catch (error) {
			if (error instanceof CodedError && error.code === 'NOT_FOUND') return null;
			throw error;
		}
	}

	async function deliver(file: FileInfo, response: Outgoing): Promise<void> {
		const source = files.sourceOf(file.fileId);
		if ('read' in source) return sendPiece(file, source.read, response);
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const options = {
			root: source.folder,
			headers: downloadHeaders(file),
			cacheControl: false,
			lastModified: false,
		};
		response.sendFile(source.path, options, (error?: Error) => {
			// A reader who left needs no answer. Other failures cut the response off, or answer it.
			if (!error || isGone(error, response)) resolve();
			else reject(error);
		});
		return promise;
	}

	return routes;
}

function idOf(request: Incoming): FileId {
	const parsed = v.safeParse(fileId, request.params['fileId']);
	// A text that cannot be an id names no file.
	if (!parsed.success) throw new CodedError('NOT_FOUND');
	return parsed.output;
}

function headersOf(request: Incoming): Headers {
	const headers = new Headers();
	for (const [name, value] of Object.entries(request.headers)) {
		if (typeof value === 'string') headers.set(name, value);
	}
	return headers;
}

/**
 * The body, as a stream that may end early while the connection stays for the answer. It breaks if the connection does.
 */
function bodyOf(request: Incoming): PassThrough | null {
	if (request.method !== 'POST' && request.method !== 'PATCH') return null;
	const inward = new PassThrough();
	const broken = () => {
		if (!request.complete) inward.destroy(new Error('the connection is gone'));
	};
	request.once('error', broken).once('close', broken);
	return request.pipe(inward);
}

/** The same stream with the type that `Request` expects. */
const webStream = (stream: Readable) => Readable.toWeb(stream) as ReadableStream<Uint8Array>;

async function send(answer: Response, response: Outgoing): Promise<void> {
	response.status(answer.status);
	for (const [name, value] of answer.headers) response.setHeader(name, value);
	response.end(await answer.text());
}
