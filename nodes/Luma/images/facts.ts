/** Width and height in pixels. */
export interface ImageSize {
	width: number;
	height: number;
}

/** What reading an image brings to light, as far as it came. */
export interface ImageFacts {
	/** As it is stored, before it is turned. */
	size?: ImageSize;
	/** Whether it is shown turned by a quarter. */
	isTurned?: boolean;
	/** Whether it has more than one frame. */
	isAnimated?: boolean;
}

/**
 * Reads an image to its end, each byte once, and notes down what it finds.
 *
 * @returns whether it is undamaged
 * @throws where the bytes end before the image does, as all reads of a `Buffer` do
 */
export type ImageReader = (bytes: Buffer, facts: ImageFacts) => boolean;

/** The four characters that name a part of a file. */
export function nameAt(bytes: Buffer, at: number): string {
	// Throws where there are fewer.
	bytes.readUInt32BE(at);
	return bytes.toString('latin1', at, at + 4);
}

const ORIENTATION = 0x0112;
/** From here on the camera was held upright: width and height change places (Exif 2.3, 4.6.4). */
const FIRST_TURNED = 5;
const LAST_TURNED = 8;

/** Whether Exif data say that the image is to be turned by a quarter; broken ones say nothing. */
export function isTurnedBy(exif: Buffer): boolean {
	// Always there in a JPEG, and now and then elsewhere.
	const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
	const isLittle = tiff.toString('latin1', 0, 4) === 'II*\0';
	if (tiff.length < 8 || (!isLittle && tiff.toString('latin1', 0, 4) !== 'MM\0*')) return false;
	const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
	const directory = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
	if (directory + 2 > tiff.length) return false;
	const end = Math.min(directory + 2 + short(directory) * 12, tiff.length - 11);
	for (let entry = directory + 2; entry < end; entry += 12) {
		if (short(entry) !== ORIENTATION) continue;
		return short(entry + 8) >= FIRST_TURNED && short(entry + 8) <= LAST_TURNED;
	}
	return false;
}
