/** A map of at most `max` entries; the least recently used one is evicted. */
export class LruMap<V> {
	private readonly entries = new Map<string, V>();

	constructor(private readonly max: number) {}

	get(key: string): V | undefined {
		const value = this.entries.get(key);
		if (value !== undefined) this.set(key, value);
		return value;
	}

	set(key: string, value: V): void {
		this.entries.delete(key);
		this.entries.set(key, value);
		const [oldest] = this.entries.keys();
		if (this.entries.size > this.max) this.entries.delete(oldest);
	}

	/** The value of the key, which is made when there is none. */
	getOrCreate(key: string, create: () => V): V {
		const value = this.get(key) ?? create();
		this.set(key, value);
		return value;
	}
}

/**
 * All that a process of n8n remembers between the calls of this package's nodes, and how many entries each
 * kind has at most. Nothing here has to survive a restart. Each kind has one place that uses it.
 */
const MAX_ENTRIES = {
	/** What each account has spent in 24 hours, so that executions share its daily limit. By key and address. */
	accountSpending: 200,
	/** When each completed task without a link was first seen. By task ID. */
	missingLinks: 1_000,
	/** Ends of tasks that have started a workflow. By workflow and node of the webhook trigger. */
	startedEnds: 200,
	/** Suspended executions of which a webhook was received. By execution and task IDs. */
	suspendedExecutions: 500,
	/** Prompts of listed tasks, which never change. By address and task ID. */
	taskPrompts: 1_000,
};

const memories = new Map<string, LruMap<unknown>>();

/** The memory of that kind, shared by all nodes in this process. */
export function processMemory<V>(kind: keyof typeof MAX_ENTRIES): LruMap<V> {
	const memory = memories.get(kind) ?? new LruMap<unknown>(MAX_ENTRIES[kind]);
	memories.set(kind, memory);
	return memory as LruMap<V>;
}

/** What n8n handed to the polls that are under way, by workflow and node; gone with their end. */
export const activePolls = new Map<string, object>();

/** Videos that are about to be created, by what n8n keeps for their execution; gone with that. */
export const createsUnderWay = new WeakMap<object, Map<string, Promise<void>>>();
