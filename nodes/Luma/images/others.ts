/** A file that is no image of the usual kinds: what it is, with its article, where that is known. */
export type OtherContent =
	| { type: 'other'; kind?: string }
	/** In place of the image. */
	| { type: 'page'; kind: string };

/** As many bytes as a page has until its title, or a drawing until its content, read as Latin-1. */
const HEAD_BYTES = 4_096;

const SVG =
	/^(?:\xef\xbb\xbf|\s|<\?xml[^>]*>|<!--(?:(?!-->)[^])*-->|<!DOCTYPE svg[^>]*>)*<svg[\s>]/i;
const PAGE = /^(\xef\xbb\xbf)?\s*<(!--|!doctype html|html|head|body|meta|script|title)/i;
const LOGIN = /type=["']?password|<title>[^<]*(log|sign)[ -]?in/i;

const KINDS: ReadonlyArray<[RegExp, string]> = [
	[/^$/, 'an empty file'],
	[SVG, 'an SVG drawing'],
	[/^%PDF/, 'a PDF document'],
	[/^BM[^]{4}\0{4}/, 'a BMP image'],
	[/^(II\*\0|MM\0\*)/, 'a TIFF image'],
	// An AVIF can say so behind a more general name (ISO 23000-22, 10.2).
	[/^[^]{4}ftyp[^]{0,24}avi[fs]/, 'an AVIF image'],
	[/^[^]{4}ftyp(hei|hev|mif1|msf1)/, 'a HEIC photo'],
	[/^(\xef\xbb\xbf)?[\t\n\r -~]+$/, 'a text'],
];

/** What a file is by its first bytes, when it is no photo and no video. */
export function otherContent(bytes: Buffer): OtherContent {
	const head = bytes.toString('latin1', 0, HEAD_BYTES);
	if (PAGE.test(head) && !SVG.test(head)) {
		return { type: 'page', kind: LOGIN.test(head) ? 'a login page' : 'a web page' };
	}
	return { type: 'other', kind: KINDS.find(([pattern]) => pattern.test(head))?.[1] };
}
