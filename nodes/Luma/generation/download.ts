import type { IBinaryData } from 'n8n-workflow';

import { orTrouble, PiapiTrouble } from '../piapi/errors';
import type { KeepFile } from '../piapi/media';
import { JPG, MP4 } from '../piapi/mediaType';
import type { Task } from '../piapi/task';
import type { RunClock } from './clock';
import type { Generation } from './generation';
import { persist } from './persist';
import type { FileSettings, TaskFile } from './request';
import type { Run } from './run';

/** Fetches the files of every item that has its video and asks for them. */
export async function download(
	generations: Generation[],
	run: Run,
	keepFile: KeepFile,
): Promise<void> {
	await Promise.all(
		generations.map(async (generation) => {
			const { task, trouble, timedOut, endedAt, request } = generation;
			if (!task || trouble || timedOut || endedAt === undefined || !request.files) return;
			const { files } = request;
			const kept = await run.gate.pass(
				async () => await orTrouble(taskFiles(task, files, keepFile, run.clock)),
			);
			if (!(kept instanceof PiapiTrouble)) generation.binary = kept;
			else if (!run.clock.ended) generation.trouble = kept;
			if (generation.trouble && run.failFast) run.clock.end();
		}),
	);
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
): Promise<Record<string, IBinaryData>> {
	const binary: Record<string, IBinaryData> = {};
	const facts = { taskId: task.taskId, task, videoUrl: task.videoUrl ?? undefined };
	for (const file of settings.files) {
		const url = addressOf(task, file);
		if (url === null) continue;
		const { stem, type } = formOf(task, file);
		const kept = await orTrouble(
			persist(clock, async () => {
				if (clock.ended) throw new PiapiTrouble('stopped');
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

function addressOf({ videoUrl, thumbnailUrl, lastFrameUrl }: Task, file: TaskFile): string | null {
	return { video: videoUrl, thumbnail: thumbnailUrl, lastFrame: lastFrameUrl }[file];
}

function formOf({ taskId }: Task, file: TaskFile) {
	if (file === 'video') return { stem: `luma-${taskId}`, type: MP4 };
	const suffix = file === 'thumbnail' ? 'thumbnail' : 'last-frame';
	return { stem: `luma-${taskId}-${suffix}`, type: JPG };
}

function propertyOf(file: TaskFile, { files, property }: FileSettings): string {
	if (file === 'video' || files.length === 1) return property;
	return `${property}${file === 'thumbnail' ? 'Thumbnail' : 'LastFrame'}`;
}
