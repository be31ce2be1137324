import { openStandIn, type StandIn } from './standIn';

/** One run of the node after the Luma node. */
export interface Arrival {
	/** The prompt that the workflow was called with, whatever became of it. */
	order: string;
	executionId: string;
	taskId: string;
	status: string;
	videoUrl: string | null;
	at: number;
}

/** Where the last node of every workflow reports: each report is one run of that node. */
export class Tally {
	readonly arrivals: Arrival[] = [];

	of(order: string): Arrival[] {
		return this.arrivals.filter((arrival) => arrival.order === order);
	}

	add(arrival: Arrival): void {
		this.arrivals.push(arrival);
	}
}

export async function serveTally(tally: Tally): Promise<Pick<StandIn, 'url' | 'close'>> {
	return await openStandIn(({ content }) => {
		tally.add({ ...(JSON.parse(content.toString()) as Arrival), at: Date.now() });
		return {};
	});
}
