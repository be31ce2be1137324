import { clipOf, type Clip } from './clip';

/** What the link of a video answers. */
export type Link =
	| { kind: 'video'; host: string; contentType: string; clip: Clip | undefined }
	| { kind: 'other'; host: string; status: number };

/** More than any video of 10 seconds has. */
const MOST_BYTES = 500_000_000;
const TIMEOUT_MS = 60_000;

/** Reads the file behind a link, without the key. */
export async function readLink(url: string, fetcher: typeof fetch): Promise<Link> {
	const { host } = new URL(url);
	try {
		const response = await fetcher(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
		const file = await read(response);
		const isVideo = response.ok && file.subarray(4, 8).toString('latin1') === 'ftyp';
		const contentType = response.headers.get('content-type') ?? 'none';
		if (isVideo) return { kind: 'video', host, contentType, clip: clipOf(file) };
		return { kind: 'other', host, status: response.status };
	} catch {
		return { kind: 'other', host, status: 0 };
	}
}

async function read(response: Response): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		chunks.push(chunk as Uint8Array);
		size += (chunk as Uint8Array).length;
		if (size > MOST_BYTES) break;
	}
	return Buffer.concat(chunks);
}
