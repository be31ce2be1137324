import type { Order } from './order';
import { PiapiClock } from './piapiClock';

/** When a task was made, as seen from an order: only one `within` its time can be the order's. */
export type Age = 'before' | 'within' | 'after' | 'unclear';

/** Sets the times of orders beside the times of tasks, as well as PiAPI's clock is known. */
export class Windows {
	readonly piapiClock = new PiapiClock();

	/**
	 * Once PiAPI's clock is known as well as it can be, the rest of doubt speaks for the order. No task
	 * of any age is the order's for sure: somebody else on the account may order the same later on.
	 */
	age(order: Order, createdAt: string | null): Age {
		const isTold = order.clock === 'piapi';
		if (createdAt === null || !(this.piapiClock.isKnown || isTold)) return 'unclear';
		const made = Date.parse(createdAt);
		if (made < this.earliest(order)) return 'before';
		if (made > this.latest(order)) return 'after';
		const isClear = isTold || this.piapiClock.isSharp;
		return isClear || this.isWellWithin(order, made) ? 'within' : 'unclear';
	}

	/** Whether it stays within, wherever in its doubt PiAPI's clock may be. */
	private isWellWithin({ from, to }: Order, made: number): boolean {
		return made >= this.piapiClock.latest(from) && made <= this.piapiClock.earliest(to);
	}

	/** Whether the order can have been on its way when a task was made. */
	mayHaveMade(order: Order, createdAt: string | null): boolean {
		const age = this.age(order, createdAt);
		return age === 'within' || age === 'unclear';
	}

	/** The beginning on PiAPI's clock, as far as it is known. */
	earliest({ from, clock }: Order): number {
		return clock === 'piapi' ? from : this.piapiClock.earliest(from);
	}

	/** The end on PiAPI's clock; Infinity while that is not known. */
	latest({ to, clock }: Order): number {
		return clock === 'piapi' ? to : this.piapiClock.latest(to);
	}

	/** The order in PiAPI's time, which a later try can go by. */
	told(order: Order): Order {
		if (!this.piapiClock.isKnown || order.clock === 'piapi') return order;
		return { ...order, from: this.earliest(order), to: this.latest(order), clock: 'piapi' };
	}
}
