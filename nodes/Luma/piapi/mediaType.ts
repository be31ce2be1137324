/** A file type as n8n stores it. */
export interface MediaType {
	ending: string;
	mimeType: string;
}

/** What PiAPI's videos and pictures are as a rule. */
export const MP4: MediaType = { ending: 'mp4', mimeType: 'video/mp4' };
export const JPG: MediaType = { ending: 'jpg', mimeType: 'image/jpeg' };

const MOV: MediaType = { ending: 'mov', mimeType: 'video/quicktime' };
const WEBM: MediaType = { ending: 'webm', mimeType: 'video/webm' };
const MKV: MediaType = { ending: 'mkv', mimeType: 'video/x-matroska' };
const PNG: MediaType = { ending: 'png', mimeType: 'image/png' };
const WEBP: MediaType = { ending: 'webp', mimeType: 'image/webp' };
const GIF: MediaType = { ending: 'gif', mimeType: 'image/gif' };

/** Bytes that are needed to tell the type; a shorter file is no video and no picture. */
export const HEAD_BYTES = 64;

/** The type of a video or picture by its first bytes, whatever the host declares; undefined for anything else. */
export function mediaTypeOf(head: Buffer): MediaType | undefined {
	const text = head.toString('latin1', 0, HEAD_BYTES);
	if (text.startsWith('\xff\xd8\xff')) return JPG;
	if (text.startsWith('\x89PNG\r\n\x1a\n')) return PNG;
	if (/^GIF8[79]a/.test(text)) return GIF;
	if (/^RIFF[^]{4}WEBP/.test(text)) return WEBP;
	if (text.startsWith('\x1a\x45\xdf\xa3')) return text.includes('webm') ? WEBM : MKV;
	return text.startsWith('ftyp', 4) ? fileOfBrand(text.slice(8, 12)) : undefined;
}

/** Sound and pictures come in the same container as MP4 (ISO 14496-12); the brand tells them apart. */
const OTHER_BRANDS = /^(M4A|M4B|avi[fs]|hei[cfmsx]|hev[cmsx]|mif1|msf1|crx )/;

function fileOfBrand(brand: string): MediaType | undefined {
	if (OTHER_BRANDS.test(brand)) return undefined;
	return brand === 'qt  ' ? MOV : MP4;
}

/** Whether both are videos, or both pictures. */
export function areOfOneKind(one: MediaType, other: MediaType): boolean {
	return kindOf(one) === kindOf(other);
}

function kindOf({ mimeType }: MediaType): string {
	return mimeType.split('/')[0];
}
