import { isProtected, webAddress } from './addresses';
import { isRecord, type JsonRecord } from './json';

/** Deeper than any output that was met, and not deep enough to fill the stack. */
const MAX_DEPTH = 12;
const MP4_PATH = /\.mp4$/i;
const VIDEO_TYPE = /^video(\/|$)/i;
const TYPE_FIELDS = ['type', 'mime_type', 'mimeType', 'content_type', 'contentType'];

/** An address, and the object that it stands in, which may hold its size. */
interface FoundVideo {
	url: string;
	holder: JsonRecord;
}

/**
 * The first video anywhere in an output whose form is not known: an https address whose path ends in
 * .mp4, or one in an object that says that it is a video.
 */
export function anyVideo(output: unknown): FoundVideo | undefined {
	return search(output, {}, 0);
}

function search(value: unknown, holder: JsonRecord, depth: number): FoundVideo | undefined {
	if (depth > MAX_DEPTH) return undefined;
	if (typeof value === 'string') return videoAt(value, holder);
	const inner = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
	for (const each of inner) {
		const found = search(each, isRecord(value) ? value : holder, depth + 1);
		if (found) return found;
	}
	return undefined;
}

function videoAt(text: string, holder: JsonRecord): FoundVideo | undefined {
	const address = webAddress(text);
	if (!address || !isProtected(address)) return undefined;
	const isVideo =
		MP4_PATH.test(address.pathname) || TYPE_FIELDS.some((name) => saysVideo(holder[name]));
	return isVideo ? { url: text.trim(), holder } : undefined;
}

function saysVideo(type: unknown): boolean {
	return typeof type === 'string' && VIDEO_TYPE.test(type.trim());
}
