/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { Readable } from 'node:stream';
import type { SimulatorRequest, SimulatorResponse } from './contract';
import { ConnectionReset } from './faults';

/** A file as it is served: its bytes, and zeros after them up to its size. */
export interface MediaFile {
	contentType: string;
	bytes: Buffer;
	/** Bytes in all. */
	size: number;
}

/**
 * An MP4 of that many bytes: players skip the `free` box it ends with. Stays as it is when there is
 * no room for a box.
 */
export function paddedVideo(bytes: Buffer, size: number): MediaFile {
	const padding = size - bytes.length;
	if (padding < 16) return { contentType: 'video/mp4', bytes, size: bytes.length };
	const header = Buffer.alloc(16);
	header.writeUInt32BE(1, 0); // the size follows as 64 bits
	header.write('free', 4, 'latin1');
	header.writeBigUInt64BE(BigInt(padding), 8);
	return { contentType: 'video/mp4', bytes: Buffer.concat([bytes, header]), size };
}

/** Answers GET and HEAD with one byte range or the whole file, as a stream. */
export function serveMedia(file: MediaFile, request: SimulatorRequest): SimulatorResponse {
	const headers: Record<string, string> = {
		'content-type': file.contentType,
		'accept-ranges': 'bytes',
		'access-control-allow-origin': '*',
	};
	const range = readRange(request.headers.range, file.size);
	if (range === 'unsatisfiable') {
		headers['content-range'] = `bytes */${file.size}`;
		return { status: 416, headers: { ...headers, 'content-length': '0' }, body: '' };
	}
	const { start, end } = range ?? { start: 0, end: file.size - 1 };
	if (range) headers['content-range'] = `bytes ${start}-${end}/${file.size}`;
	headers['content-length'] = String(end - start + 1);
	const body = request.method === 'HEAD' ? '' : Readable.from(chunks(file, start, end));
	return { status: range ? 206 : 200, headers, body };
}

/** The same answer, whose text or stream stops half way. */
export function cutOff(response: SimulatorResponse): SimulatorResponse {
	const { body } = response;
	if (body instanceof Readable) {
		const half = Math.floor(Number(response.headers['content-length']) / 2);
		return { ...response, body: Readable.from(upTo(half, body)) };
	}
	const whole = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
	const headers = { ...response.headers, 'content-length': String(whole.length) };
	return { ...response, headers, body: whole.toString('utf8', 0, Math.floor(whole.length / 2)) };
}

const zeros = Buffer.alloc(64 * 1024);

function* chunks(file: MediaFile, start: number, end: number): Generator<Buffer> {
	if (start < file.bytes.length) yield file.bytes.subarray(start, end + 1);
	let left = end + 1 - Math.max(start, file.bytes.length);
	while (left > 0) {
		const chunk = zeros.subarray(0, Math.min(left, zeros.length));
		left -= chunk.length;
		yield chunk;
	}
}

async function* upTo(limit: number, body: Readable): AsyncGenerator<Buffer> {
	let left = limit;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		yield chunk.subarray(0, left);
		left -= chunk.length;
		if (left <= 0) break;
	}
	throw new ConnectionReset();
}

/** A header of several ranges, or one that is no byte range, is ignored: the whole file then. */
function readRange(
	header: string | undefined,
	size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
	const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
	if (!match || match[0] === 'bytes=-') return undefined;
	const [, first, last] = match;
	const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
	const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
	if (first !== '' && last !== '' && Number(last) < start) return undefined;
	return start >= size ? 'unsatisfiable' : { start, end };
}
