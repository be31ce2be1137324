import { FILES_OF_CREATED_VIDEO } from '../messages/remedies';
import { catchPiapiError, DownloadError, PiapiError } from '../piapi/errors';
import { withoutEnd } from '../piapi/json';
import { JPG, MP4, type StoreFile } from '../piapi/media';
import type { Task } from '../piapi/task';
import type { BinaryFiles, Job } from './job';
import type { FileSettings, TaskFile } from './request';
import type { Run } from './run';

/** Downloads the files of every item that has its video and asks for them. */
export async function download(jobs: Job[], run: Run): Promise<void> {
	await Promise.all(jobs.map(async (job) => await downloadOne(job, run)));
	const named = withDistinctNames(jobs.map((job) => job.in('succeeded')?.binary));
	jobs.forEach((job, index) => {
		const succeeded = job.in('succeeded');
		if (succeeded && named[index]) job.enter({ ...succeeded, binary: named[index] });
	});
}

async function downloadOne(job: Job, run: Run): Promise<void> {
	const { files } = job.request;
	const succeeded = job.in('succeeded');
	if (!succeeded || !files) return;
	const { task } = succeeded;
	const binary = await catchPiapiError(taskFiles(task, files, run.storeFile));
	if (!(binary instanceof PiapiError)) job.enter({ ...succeeded, binary });
	else if (!run.clock.aborted) job.fail(ofCreatedVideo(binary, task));
}

/** The same error with the advice for a node that has created, or waited for, the video. */
function ofCreatedVideo({ code, details }: PiapiError, task: Task): PiapiError {
	const remedy = FILES_OF_CREATED_VIDEO[code] ?? details.remedy;
	return new DownloadError(code, { ...details, remedy }, { task });
}

/**
 * Fetches the chosen files of a task, one after the other. A thumbnail or last frame that PiAPI does
 * not have is left out as long as another file is there.
 *
 * @throws DownloadError with the task and its video's link, so that a paid video is not lost
 */
export async function taskFiles(
	task: Task,
	settings: FileSettings,
	storeFile: StoreFile,
): Promise<BinaryFiles> {
	const binary: BinaryFiles = {};
	const { taskId } = task;
	for (const file of settings.files) {
		const url = urlOf(task, file);
		if (url === null) continue;
		const { stem, type } = formatOf(task, file, settings);
		const stored = storeFile({ url, stem, type, maxBytes: settings.maxBytes });
		binary[propertyOf(file, settings)] = await stored.catch(({ code, details }: PiapiError) => {
			throw new DownloadError(code, { ...details, taskId }, { task });
		});
	}
	if (Object.keys(binary).length > 0) return binary;
	const code = task.isLinkWithheld ? 'linkWithheld' : 'withoutFile';
	throw new DownloadError(code, { taskId }, { task });
}

function urlOf({ videoUrl, thumbnailUrl, lastFrameUrl }: Task, file: TaskFile): string | null {
	return { video: videoUrl, thumbnail: thumbnailUrl, lastFrame: lastFrameUrl }[file];
}

function formatOf({ taskId, prompt }: Task, file: TaskFile, settings: FileSettings) {
	const { fileName = nameFromPrompt(prompt, taskId), nameSuffix = '' } = settings;
	const name = `${fileName}${nameSuffix}`;
	if (file === 'video') return { stem: name, type: MP4 };
	return { stem: `${name}-${file === 'thumbnail' ? 'thumbnail' : 'last-frame'}`, type: JPG };
}

function propertyOf(file: TaskFile, { files, property }: FileSettings): string {
	if (file === 'video' || files.length === 1) return property;
	return `${property}${file === 'thumbnail' ? 'Thumbnail' : 'LastFrame'}`;
}

const MAX_WORDS = 6;
const MAX_WORDS_BYTES = 60;
/** File systems take 255; some room is left for what is added: "-10-last-frame", a number, the ending. */
const MAX_BYTES = 170;

/** The name, without ending, of a file that nobody has named: `luma-` and the first words of the prompt. */
export function nameFromPrompt(prompt: string | null, taskId: string): string {
	const words = (prompt ?? '')
		.normalize('NFKD')
		// In other scripts a mark can make a letter of its own.
		.replace(/(?<=\p{Script=Latin})\p{M}+|['’]/gu, '')
		.normalize('NFC')
		.toLowerCase()
		.match(/[\p{L}\p{M}\p{N}]+/gu);
	const start = words?.slice(0, MAX_WORDS).join('-') ?? taskId;
	return safeFileName(`luma-${cut(start, MAX_WORDS_BYTES)}`).replace(/-$/, '');
}

/** The name, without ending, of the file behind a link. */
export function nameFromLink({ pathname }: URL): string {
	const name = pathname.split('/').at(-1) ?? '';
	return safeFileName(decoded(name)) || 'luma-video';
}

function decoded(name: string): string {
	try {
		return decodeURIComponent(name);
	} catch {
		return name;
	}
}

const ENDING = /\.(mp4|m4v|mov|webm|mkv|avi|jpe?g|png|gif|webp)$/i;
const UNSAFE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202A-\u202E\u2066-\u2069<>:"/\\|?*]+/gu;

/**
 * A name that every system takes, as close as possible to what a person wrote, without the ending,
 * which follows from the content. Empty when nothing is left of it.
 */
export function safeFileName(name: string): string {
	const safe = name.trim().replace(ENDING, '').replace(UNSAFE, '-');
	const trimmed = withoutEnd(cut(safe.replace(/^[.\s-]+/, ''), MAX_BYTES), '. \t');
	return /[\p{L}\p{N}\p{So}]/u.test(trimmed) ? trimmed : '';
}

/** As many whole characters as fit into so many bytes of UTF-8. */
function cut(text: string, maxBytes: number): string {
	const segments = new Intl.Segmenter().segment(text.slice(0, maxBytes));
	let bytes = 0;
	const fits = ({ segment }: Intl.SegmentData) => (bytes += Buffer.byteLength(segment)) <= maxBytes;
	const end = [...segments].find((segment) => !fits(segment))?.index;
	return text.slice(0, end ?? maxBytes);
}

/** Numbers the files of a run that would have the same name: clip.mp4, clip-2.mp4, … */
export function withDistinctNames(
	outputs: ReadonlyArray<BinaryFiles | undefined>,
): Array<BinaryFiles | undefined> {
	const taken = new Set<string>();
	return outputs.map((files) => {
		if (!files) return files;
		const named = Object.entries(files).map(([property, file]) => {
			const fileName = freeName(file.fileName ?? '', taken);
			return [property, { ...file, fileName }] as const;
		});
		return Object.fromEntries(named);
	});
}

function freeName(fileName: string, taken: Set<string>): string {
	const dot = fileName.lastIndexOf('.');
	const [stem, ending] = dot > 0 ? [fileName.slice(0, dot), fileName.slice(dot)] : [fileName, ''];
	let free = fileName;
	// Most file systems make no difference between capital and small letters.
	for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${stem}-${count}${ending}`;
	taken.add(free.toLowerCase());
	return free;
}
