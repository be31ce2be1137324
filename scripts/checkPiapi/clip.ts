/** What the file of a video says about itself. */
export interface Clip {
	width: number;
	height: number;
	seconds: number;
	hasSound: boolean;
	bytes: number;
}

interface Box {
	type: string;
	content: Buffer;
}

/** Reads an MP4 (ISO/IEC 14496-12); undefined when it is none, or has no video track. */
export function clipOf(file: Buffer): Clip | undefined {
	const movie = find(boxesOf(file), 'moov');
	const tracks = movie.flatMap(({ content }) => find(boxesOf(content), 'trak'));
	const video = tracks.find((track) => handlerOf(track) === 'vide');
	const header = find(inside(movie[0]), 'mvhd')[0];
	const size = find(inside(video), 'tkhd')[0];
	if (!header || !size) return undefined;
	const { content } = size;
	return {
		width: content.readUInt16BE(content.length - 8),
		height: content.readUInt16BE(content.length - 4),
		seconds: secondsOf(header),
		hasSound: tracks.some((track) => handlerOf(track) === 'soun'),
		bytes: file.length,
	};
}

/** The boxes that follow each other in a part of the file. */
function boxesOf(part: Buffer): Box[] {
	const boxes: Box[] = [];
	for (let start = 0; start + 8 <= part.length; ) {
		const isLong = part.readUInt32BE(start) === 1 && start + 16 <= part.length;
		const length = isLong ? Number(part.readBigUInt64BE(start + 8)) : part.readUInt32BE(start);
		const end = length === 0 ? part.length : start + length;
		if (end <= start || end > part.length) break;
		const type = part.toString('latin1', start + 4, start + 8);
		boxes.push({ type, content: part.subarray(start + (isLong ? 16 : 8), end) });
		start = end;
	}
	return boxes;
}

function inside(box: Box | undefined): Box[] {
	return box ? boxesOf(box.content) : [];
}

function find(boxes: Box[], type: string): Box[] {
	return boxes.filter((box) => box.type === type);
}

/** "vide", "soun", or another kind of track. */
function handlerOf(track: Box): string | undefined {
	const media = find(inside(track), 'mdia')[0];
	return find(inside(media), 'hdlr')[0]?.content.toString('latin1', 8, 12);
}

/** A movie header of version 1 has dates of 8 bytes, and a duration of 8 bytes. */
function secondsOf({ content }: Box): number {
	if (content[0] === 1) {
		return Number(content.readBigUInt64BE(24)) / content.readUInt32BE(20);
	}
	return content.readUInt32BE(16) / content.readUInt32BE(12);
}
