import type { Clock } from '../generation/clock';
import { Sleep } from './sleep';

const MOST = 500;

/** The sleeping executions that this process has heard reports for: the latest ones, the rest is read again. */
export class Sleeps {
	private readonly sleeps = new Map<string, Sleep>();

	constructor(private readonly clock: Clock) {}

	/** @param taskIds what the execution waits for; it can sleep again for others later on */
	of(executionId: string, taskIds: readonly string[]): Sleep {
		const key = [executionId, ...taskIds].join();
		const sleep = this.sleeps.get(key) ?? new Sleep(taskIds, this.clock);
		this.sleeps.delete(key);
		this.sleeps.set(key, sleep);
		const [oldest] = this.sleeps.keys();
		if (this.sleeps.size > MOST) this.sleeps.delete(oldest);
		return sleep;
	}
}
