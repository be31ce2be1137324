import type { OrderedTask } from '../piapi/sameOrder';

/** A create that was sent, and of which nobody knows yet whether it made a task. */
export interface Order {
	ordered: OrderedTask;
	/** When it was sent, and by when PiAPI has made its task, if it ever does; milliseconds since 1970. */
	from: number;
	to: number;
	/** Whose clock the two were read from. */
	clock: 'n8n' | 'piapi';
	/** The task's id, when an answer in trouble named it. */
	taskId?: string;
}

/** When its task can have been made, in UTC. */
export function windowOf({ from, to }: Order): string {
	const [begin, end] = [from, to].map((at) => new Date(at).toISOString().slice(0, 19).split('T'));
	return `${begin[0]} ${begin[1]} and ${begin[0] === end[0] ? '' : `${end[0]} `}${end[1]} UTC`;
}
