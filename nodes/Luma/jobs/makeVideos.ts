import { createTasks } from './create';
import { cleanUpAfterStop } from './stop';
import { download } from './download';
import type { Job } from './job';
import type { JobRequest } from './request';
import { restore } from './restore';
import type { Run } from './run';
import { uploadImages } from './uploadImages';

/**
 * Makes the videos that the items of a run ask for, or waits for those of earlier tasks: one job for each,
 * in their order. A job that fails keeps its error; whether that ends the node is up to the caller.
 */
export async function makeVideos(requests: JobRequest[], run: Run): Promise<Job[]> {
	const jobs = requests.map((request) => run.jobFor(request));
	try {
		await restore(jobs, run);
		await uploadImages(jobs, run);
		await createTasks(jobs, run);
		await run.waitForTasks(jobs, run);
		await download(jobs, run);
		await cleanUpAfterStop(jobs, run);
		return jobs;
	} finally {
		run.ledger.close();
	}
}
