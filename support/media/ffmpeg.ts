/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-dangerous-functions */
import { execFileSync, spawnSync } from 'node:child_process';

const HINT = 'ffmpeg is missing: install it with "apt-get install ffmpeg".';

/** What a clip for a test is made of; all the rest is as ffmpeg does it by itself. */
export interface ClipRecipe {
	/** Frames a second; any that ffmpeg understands. */
	rate?: string;
	seconds?: number;
	size?: string;
	filter?: string;
	/** Words for the encoder and the writer of the file. */
	words?: string;
	hasSound?: boolean;
}

/** Encodes a test picture that moves and counts. */
export function makeClip(file: string, recipe: ClipRecipe): void {
	const { rate = '24', seconds = 1, size = '320x180', filter = 'null', words = '' } = recipe;
	const picture = `testsrc2=size=${size}:rate=${rate}:duration=${seconds},format=yuv420p,${filter}`;
	const sound = `sine=frequency=440:duration=${seconds}`;
	ffmpeg([
		...['-f', 'lavfi', '-i', picture],
		...(recipe.hasSound ? ['-f', 'lavfi', '-i', sound, '-c:a', 'aac'] : []),
		...['-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1'],
		...words.split(' ').filter(Boolean),
		file,
	]);
}

/** Runs ffmpeg, which has nothing to say when all is well. */
export function ffmpeg(words: string[]): string {
	const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...words], {
		encoding: 'utf8',
		maxBuffer: 2 ** 26,
	});
	if (status === null) throw new Error(HINT);
	if (status !== 0 || stderr) throw new Error(`ffmpeg ${words.join(' ')}: ${stderr}`);
	return stdout;
}

export interface VideoFacts {
	frames: number;
	seconds: number;
	/** When each frame is shown, in seconds. */
	times: number[];
	/** What the decoder makes of each frame, in the order in which they are shown. */
	hashes: string[];
}

/** Reads and decodes a whole file. Throws when the reader or the decoder has anything to say. */
export function factsOf(file: string): VideoFacts {
	const decode = ['-i', file, '-map', '0:v', '-fps_mode', 'passthrough'];
	const list = ffmpeg([...decode, '-enc_time_base', '1:1000000', '-f', 'framemd5', '-']);
	const rows = list
		.split('\n')
		.filter((line) => line && !line.startsWith('#'))
		.map((line) => line.split(',').map((word) => word.trim()));
	const { streams, packets } = probe(file);
	const spanOf = (time: 'pts_time' | 'dts_time') => {
		const starts = packets.map((packet) => Number(packet[time]));
		const ends = packets.map((packet, i) => starts[i] + Number(packet.duration_time));
		return Math.max(...ends) - Math.min(...starts);
	};
	return {
		frames: Number(streams[0].nb_read_frames),
		// With frames of different lengths, decoding can take longer than what is shown, or less.
		seconds: Math.max(Number(streams[0].duration), spanOf('pts_time'), spanOf('dts_time')),
		times: rows.map((row) => Number(row[2]) / 1_000_000),
		hashes: rows.map((row) => row[5]),
	};
}

interface Probed {
	streams: Array<{ nb_read_frames: string; duration: string }>;
	packets: Array<{ pts_time: string; dts_time: string; duration_time: string }>;
}

function probe(file: string): Probed {
	const entries = 'stream=nb_read_frames,duration:packet=pts_time,dts_time,duration_time';
	const words = `-v error -count_frames -select_streams v -show_entries ${entries} -of json`;
	const probed = execFileSync('ffprobe', [...words.split(' '), file], { maxBuffer: 2 ** 26 });
	return JSON.parse(probed.toString()) as Probed;
}
