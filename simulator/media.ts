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

/** Answers with one byte range or the whole file, as a stream. */
export function serveMedia(file: MediaFile, request: SimulatorRequest): SimulatorResponse {
	const { contentType, size } = file;
	const range = readRange(request.headers.range, size);
	const { start, end } = range ?? { start: 0, end: size - 1 };
	const isPart = range !== undefined;
	const isBeyond = isPart && start > end;
	const headers = {
		'content-type': contentType,
		'content-length': isBeyond ? '0' : String(end - start + 1),
		'accept-ranges': 'bytes',
		'access-control-allow-origin': '*',
		...(isPart && { 'content-range': `bytes ${isBeyond ? '*' : `${start}-${end}`}/${size}` }),
	};
	if (isBeyond) return { status: 416, headers, body: '' };
	return { status: isPart ? 206 : 200, headers, body: Readable.from(chunks(file, start, end)) };
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
	for (; left > 0; left -= zeros.length) yield zeros.subarray(0, left);
}

async function* upTo(limit: number, body: Readable): AsyncGenerator<Buffer> {
	let left = limit;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		yield chunk.subarray(0, left);
		left -= chunk.length;
		if (left <= 0) throw new ConnectionReset();
	}
}

/** A header of several ranges, or one that is no byte range, is ignored: the whole file then. */
function readRange(header = '', size: number): { start: number; end: number } | undefined {
	const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
	if (!first && !last) return undefined;
	if (!first) return { start: Math.max(0, size - Number(last)), end: size - 1 };
	return { start: Number(first), end: Math.min(Number(last || size), size - 1) };
}
