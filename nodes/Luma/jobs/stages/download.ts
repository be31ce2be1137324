import { orTrouble, PiapiTrouble } from '../../piapi/errors';
import type { KeepFile } from '../../piapi/media';
import { JPG, MP4 } from '../../piapi/mediaType';
import type { Task } from '../../piapi/task';
import type { RunClock } from '../../runtime/clock';
import { retry } from '../../runtime/retry';
import type { BinaryFiles, Job } from '../job';
import type { FileSettings, TaskFile } from '../request';
import { failJob, type Run } from '../run';

/** Downloads the files of every item that has its video and asks for them. */
export async function download(jobs: Job[], run: Run, keepFile: KeepFile): Promise<void> {
	await Promise.all(jobs.map(async (job) => await downloadOne(job, run, keepFile)));
}

async function downloadOne(job: Job, run: Run, keepFile: KeepFile): Promise<void> {
	const { files } = job.request;
	const succeeded = job.in('succeeded');
	if (!succeeded || !files) return;
	const kept = await run.limiter.run(async () => {
		return await orTrouble(taskFiles(succeeded.task, files, keepFile, run.clock));
	});
	if (!(kept instanceof PiapiTrouble)) job.enter({ ...succeeded, binary: kept });
	else if (!run.clock.aborted) failJob(job, kept, run);
}

/**
 * Fetches the chosen files of a task, one after the other. A thumbnail or last frame that PiAPI does
 * not have is left out as long as another file is there.
 *
 * @throws PiapiTrouble with the task and its video's address, so that a paid video is not lost
 */
export async function taskFiles(
	task: Task,
	settings: FileSettings,
	keepFile: KeepFile,
	clock: RunClock,
): Promise<BinaryFiles> {
	const binary: BinaryFiles = {};
	const facts = { taskId: task.taskId, task, videoUrl: task.videoUrl ?? undefined };
	for (const file of settings.files) {
		const url = urlOf(task, file);
		if (url === null) continue;
		const { stem, type } = formatOf(task, file);
		const kept = await orTrouble(
			retry(clock, async () => {
				if (clock.aborted) throw new PiapiTrouble('stopped');
				return await keepFile({ url, stem, type, maxBytes: settings.maxBytes });
			}),
		);
		if (kept instanceof PiapiTrouble) {
			throw new PiapiTrouble(kept.kind, { ...kept.facts, ...facts });
		}
		binary[propertyOf(file, settings)] = kept;
	}
	if (Object.keys(binary).length === 0) throw new PiapiTrouble('withoutFile', facts);
	return binary;
}

function urlOf({ videoUrl, thumbnailUrl, lastFrameUrl }: Task, file: TaskFile): string | null {
	return { video: videoUrl, thumbnail: thumbnailUrl, lastFrame: lastFrameUrl }[file];
}

function formatOf({ taskId }: Task, file: TaskFile) {
	if (file === 'video') return { stem: `luma-${taskId}`, type: MP4 };
	const suffix = file === 'thumbnail' ? 'thumbnail' : 'last-frame';
	return { stem: `luma-${taskId}-${suffix}`, type: JPG };
}

function propertyOf(file: TaskFile, { files, property }: FileSettings): string {
	if (file === 'video' || files.length === 1) return property;
	return `${property}${file === 'thumbnail' ? 'Thumbnail' : 'LastFrame'}`;
}
