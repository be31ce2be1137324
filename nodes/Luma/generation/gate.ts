/** Lets at most `width` pieces of work through at once, the others in the order they came. */
export class Gate {
	private readonly waiting: Array<() => void> = [];

	private free: number;

	constructor(width: number) {
		this.free = Math.max(1, Math.floor(width));
	}

	async pass<T>(work: () => Promise<T>): Promise<T> {
		if (this.free > 0) this.free--;
		else await new Promise<void>((enter) => this.waiting.push(enter));

		try {
			return await work();
		} finally {
			this.leave();
		}
	}

	private leave(): void {
		const enter = this.waiting.shift();
		if (enter) enter();
		else this.free++;
	}
}
