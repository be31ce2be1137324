import { isRetryable, PiapiError } from '../../piapi/errors';
import type { Job, StateOf } from '../job';
import { endRunIfFailed, failJob, send, type Run } from '../run';
import { outcomeOf } from '../taskOutcome';

// Just after its creation a task may not be readable everywhere at PiAPI yet.
const NEW_TASK_LAG_MS = 60_000;
const OLD_TASK_LAG_MS = 10_000;
/** A task that was seen is given up after so many refusals in a row, over so much time. */
const MIN_REFUSALS = 3;
const MIN_REFUSED_MS = 30_000;
/** A completed task can be read a moment before its files are listed. */
const VIDEO_LAG_MS = 20_000;

interface Refusals {
	count: number;
	since: number;
}

/** Reads tasks, and decides which errors end the wait for a task. */
export class TaskReader {
	private readonly refusals = new Map<Job, Refusals>();

	private readonly videoMissingSince = new Map<Job, number>();

	constructor(private readonly run: Run) {}

	/** Reads the task of a job once. An outage does not end a job: retryable errors are left to the next read. */
	async read(job: Job, timeoutMs: number): Promise<void> {
		const running = job.in('running');
		if (!running) return;
		const { client, clock } = this.run;
		const { taskId } = running;
		const seen = await send(this.run, async () => await client.readTask(taskId, timeoutMs));
		if (clock.cancelled) return;
		if (seen instanceof PiapiError) {
			if (this.isGivenUp(job, running, seen)) failJob(job, seen, this.run);
			return;
		}

		this.refusals.delete(job);
		job.observe(seen, clock.now());
		this.run.progress.update(job);
		if (outcomeOf(seen).type === 'videoMissing') this.awaitVideo(job);
		endRunIfFailed(job, this.run);
	}

	private isGivenUp(job: Job, running: StateOf<'running'>, met: PiapiError): boolean {
		if (isRetryable(met) || met.code === 'stopped') return false;
		const now = this.run.clock.now();
		const { count, since } = this.refusals.get(job) ?? { count: 0, since: now };
		this.refusals.set(job, { count: count + 1, since });
		const lagMs = running.origin === 'created' ? NEW_TASK_LAG_MS : OLD_TASK_LAG_MS;
		if (met.code === 'unknownTask' && now - running.startedAt < lagMs) return false;
		if (!running.task && running.origin === 'existing') return true;
		return count + 1 >= MIN_REFUSALS && now - since >= MIN_REFUSED_MS;
	}

	private awaitVideo(job: Job): void {
		const now = this.run.clock.now();
		const since = this.videoMissingSince.get(job) ?? now;
		this.videoMissingSince.set(job, since);
		if (now - since >= VIDEO_LAG_MS) job.fail(new PiapiError('withoutVideo'));
	}
}
