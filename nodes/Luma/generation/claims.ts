const MOST = 10_000;

/** Tasks that have an item, so that no other item takes them for its own. */
export class Claims {
	private readonly taskIds = new Set<string>();

	add(taskId: string): void {
		this.taskIds.add(taskId);
		if (this.taskIds.size <= MOST) return;
		const [oldest] = this.taskIds;
		this.taskIds.delete(oldest);
	}

	has(taskId: string): boolean {
		return this.taskIds.has(taskId);
	}
}
