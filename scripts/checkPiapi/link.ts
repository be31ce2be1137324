/** What the link of a video answers. */
export type Link =
	| { kind: 'video'; host: string; contentType: string }
	| { kind: 'other'; host: string; status: number };

const FIRST_BYTES = 12;
const TIMEOUT_MS = 60_000;

/** Reads the first bytes behind a link, without the key. */
export async function readLink(url: string, fetcher: typeof fetch): Promise<Link> {
	const { host } = new URL(url);
	try {
		const response = await fetcher(url, {
			headers: { range: `bytes=0-${FIRST_BYTES - 1}` },
			signal: AbortSignal.timeout(TIMEOUT_MS),
		});
		const bytes = await firstBytes(response);
		const isVideo = response.ok && bytes.subarray(4, 8).toString('latin1') === 'ftyp';
		const contentType = response.headers.get('content-type') ?? 'none';
		if (isVideo) return { kind: 'video', host, contentType };
		return { kind: 'other', host, status: response.status };
	} catch {
		return { kind: 'other', host, status: 0 };
	}
}

/** A host that ignores the range would send the whole video. */
async function firstBytes(response: Response): Promise<Buffer> {
	const chunks: Uint8Array[] = [];
	let size = 0;
	for await (const chunk of response.body ?? []) {
		chunks.push(chunk as Uint8Array);
		size += (chunk as Uint8Array).length;
		if (size >= FIRST_BYTES) break;
	}
	return Buffer.concat(chunks);
}
