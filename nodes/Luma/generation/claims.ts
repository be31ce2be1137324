import { PiapiTrouble } from '../piapi/errors';
import { isOrderOf } from '../piapi/sameOrder';
import type { Task } from '../piapi/task';
import type { Order } from './order';

const MOST = 10_000;

/** Tasks that have an item, so that no other item takes them for its own. */
export class Claims {
	private readonly taskIds = new Set<string>();

	/** Creates that have no answer yet, of all executions: a task can be theirs before they are told. */
	private readonly underWay = new Set<Order>();

	add(taskId: string): void {
		this.taskIds.add(taskId);
		if (this.taskIds.size <= MOST) return;
		const [oldest] = this.taskIds;
		this.taskIds.delete(oldest);
	}

	has(taskId: string): boolean {
		return this.taskIds.has(taskId);
	}

	/** Claims what a create makes, and until its answer has come, whatever it may have made. */
	hold(order: Order, answer: Promise<Task | PiapiTrouble>): void {
		this.underWay.add(order);
		void answer.then((made) => {
			this.underWay.delete(order);
			const taskId = made instanceof PiapiTrouble ? made.facts.taskId : made.taskId;
			if (taskId !== undefined) this.add(taskId);
		});
	}

	/** Creates under way that have ordered the same. */
	rivalsFor({ raw }: Task): Order[] {
		return [...this.underWay].filter(({ ordered }) => isOrderOf(ordered, raw));
	}
}
