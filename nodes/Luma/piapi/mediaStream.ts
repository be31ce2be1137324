import type { IExecuteFunctions } from 'n8n-workflow';

import { PiapiError } from './errors';

/** The body of a response as n8n passes it. */
export type Stream = Exclude<
	Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
	Buffer
>;

/** How slow a download may be. */
export interface Pace {
	/** Milliseconds without a byte after which a download is given up. */
	windowMs: number;
	/** Bytes that each window after the first has to bring on average, so that a download has an end. */
	bytesPerWindow: number;
}

/** One minute without a byte, or less than 17 kB a second in the long run. */
export const DEFAULT_PACE: Pace = { windowMs: 60_000, bytesPerWindow: 1_000_000 };

/**
 * Reads the beginning of a stream and puts it back.
 *
 * @returns fewer bytes only when the stream is shorter
 */
export async function headOf(stream: Stream, bytes: number): Promise<Buffer> {
	let head = Buffer.alloc(0);
	while (head.length < bytes && !stream.destroyed && !stream.readableEnded) {
		const chunk = stream.read() as Buffer | null;
		if (chunk) head = Buffer.concat([head, chunk]);
		else await news(stream);
	}
	if (stream.errored) throw stream.errored;
	if (head.length > 0 && !stream.readableEnded) stream.unshift(head);
	return head;
}

/** Settles when there is more to read, or nothing more to come. */
async function news(stream: Stream): Promise<void> {
	const events = ['readable', 'end', 'error', 'close'];
	await new Promise<void>((resolve) => {
		const settle = () => {
			events.forEach((event) => stream.off(event, settle));
			resolve();
		};
		events.forEach((event) => stream.on(event, settle));
	});
}

/**
 * Ends a download that stalls or is too slow. The signals' timers keep no process alive and need no
 * clearing.
 */
export function endIfSlow(stream: Stream, bytesSoFar: () => number, pace: Pace): void {
	const { windowMs, bytesPerWindow } = pace;
	const watch = (windows: number, before: number) => {
		AbortSignal.timeout(windowMs).addEventListener('abort', () => {
			if (stream.destroyed || stream.readableEnded) return;
			const bytes = bytesSoFar();
			if (bytes > before && bytes >= windows * bytesPerWindow) return watch(windows + 1, bytes);
			stream.destroy(
				new PiapiError('downloadBrokeOff', { technicalDetail: slowness(bytes, before, pace) }),
			);
		});
	};
	watch(0, 0);
}

function slowness(bytes: number, before: number, { windowMs, bytesPerWindow }: Pace): string {
	const seconds = windowMs / 1000;
	if (bytes === before) return `no data for ${seconds} s`;
	return `less than ${bytesPerWindow} bytes in ${seconds} s`;
}
