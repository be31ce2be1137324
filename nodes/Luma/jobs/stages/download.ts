import { FILES_OF_CREATED_VIDEO } from '../../messages/remedies';
import { catchPiapiError, DownloadError, PiapiError } from '../../piapi/errors';
import type { StoreFile } from '../../piapi/media';
import { JPG, MP4 } from '../../piapi/mediaType';
import type { Task } from '../../piapi/task';
import type { RunClock } from '../../runtime/clock';
import { retry } from '../../runtime/retry';
import { nameFromPrompt, withDistinctNames } from '../fileNames';
import type { BinaryFiles, Job } from '../job';
import type { FileSettings, TaskFile } from '../request';
import { failJob, type Run } from '../run';

/** Downloads the files of every item that has its video and asks for them. */
export async function download(jobs: Job[], run: Run, storeFile: StoreFile): Promise<void> {
	await Promise.all(jobs.map(async (job) => await downloadOne(job, run, storeFile)));
	const named = withDistinctNames(jobs.map((job) => job.in('succeeded')?.binary));
	jobs.forEach((job, index) => {
		const succeeded = job.in('succeeded');
		if (succeeded && named[index]) job.enter({ ...succeeded, binary: named[index] });
	});
}

async function downloadOne(job: Job, run: Run, storeFile: StoreFile): Promise<void> {
	const { files } = job.request;
	const succeeded = job.in('succeeded');
	if (!succeeded || !files) return;
	const kept = await run.limiter.run(async () => {
		return await catchPiapiError(taskFiles(succeeded.task, files, storeFile, run.clock));
	});
	if (!(kept instanceof PiapiError)) job.enter({ ...succeeded, binary: kept });
	else if (!run.clock.aborted) failJob(job, ofCreatedVideo(kept, succeeded.task), run);
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
	clock: RunClock,
): Promise<BinaryFiles> {
	const binary: BinaryFiles = {};
	const { taskId } = task;
	for (const file of settings.files) {
		const url = urlOf(task, file);
		if (url === null) continue;
		const { stem, type } = formatOf(task, file, settings);
		const kept = await catchPiapiError(
			retry(clock, async () => {
				if (clock.aborted) throw new PiapiError('stopped');
				return await storeFile({ url, stem, type, maxBytes: settings.maxBytes });
			}),
		);
		if (kept instanceof PiapiError) {
			throw new DownloadError(kept.code, { ...kept.details, taskId }, { task });
		}
		binary[propertyOf(file, settings)] = kept;
	}
	if (Object.keys(binary).length > 0) return binary;
	throw new DownloadError('withoutFile', { taskId }, { task });
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
