/** What a scenario of the queue tests came to. */
export interface Row {
	mode: string;
	executions: number;
	/** From the first call of a workflow to the last run of its last node. */
	wallSeconds: number;
	/** The same, relative to the longest task; null where a test ended the tasks. */
	timesOneTask: number | null;
	/** How long executions held workers' slots, all added up; null where others ran beside them. */
	slotSeconds: number | null;
	readsPerTask: number;
	/** Tasks that were ordered and paid. */
	created: number;
	/** Executions whose last node never ran. */
	lost: number;
	/** Executions whose last node ran more than once. */
	runTwice: number;
}

export interface QueueResults {
	/** The version of n8n. */
	n8n: string;
	workers: number;
	slotsPerWorker: number;
	rows: Row[];
}
