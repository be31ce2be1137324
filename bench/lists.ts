import './typescriptFirst';
import { AccountSpending } from '../nodes/Luma/jobs/spending/accountSpending';
import { withWorkflow, type PolledWorkflow } from '../support/engine/polledWorkflow';
import { virtualRun } from '../support/virtualTime/virtualRun';
import { UNLIMITED } from './outcome';
import { goal, growthOf, type Section } from './report';

const TASKS_A_MINUTE = 100;

/** What an account with many tasks costs those that read its task list. */
export async function measureLists(isQuick: boolean): Promise<Section> {
	const counts = [await measure(100), await measure(1_000)];
	if (!isQuick) counts.push(await measure(10_000));
	const { rows, goals } = growthOf(counts, 'at most 1.1');
	const { Tasks, 'Trigger: state, kB': state } = counts[counts.length - 1];
	return {
		title: 'Growth with the account',
		note: `In virtual time: the polling trigger follows ${TASKS_A_MINUTE} new tasks a minute, and the daily limit reads all of them for one more video. Time is what it takes the processor, the simulator’s part included.`,
		rows,
		goals: [goal(`State of the trigger after ${Tasks} tasks`, state, 'at most 50 kB'), ...goals],
		reason: 'The table shows how it grows.',
	};
}

async function measure(tasks: number) {
	return await withWorkflow(UNLIMITED, async (n8n) => await costsOf(n8n, tasks));
}

async function costsOf(n8n: PolledWorkflow, tasks: number) {
	const { clock, simulator } = n8n;
	const listReads = () => simulator.calls.filter(({ route }) => route === 'history').length;
	const costOf = async (work: () => Promise<unknown>) => {
		const [pages, began] = [listReads(), performance.now()];
		await work();
		return { pages: listReads() - pages, ms: performance.now() - began };
	};
	await n8n.activate();
	let poll = { pages: 0, ms: 0 };
	for (let made = 0; made < tasks; made += TASKS_A_MINUTE) {
		await n8n.makeMany(TASKS_A_MINUTE);
		await n8n.pass(60);
		poll = await costOf(async () => await n8n.poll());
	}
	const daily = { limitUsd: UNLIMITED.balanceUsd, spending: new AccountSpending(clock) };
	const limit = await costOf(async () => {
		const { jobs } = await virtualRun({ account: n8n, daily });
		if (!jobs[0].in('succeeded')) throw new Error(JSON.stringify(jobs[0].state));
	});
	return {
		Tasks: tasks,
		'Trigger: state, kB': n8n.longestStored / 1000,
		'Trigger: pages of its last poll': poll.pages,
		'Trigger: last poll, ms': poll.ms,
		'Daily limit: pages': limit.pages,
		'Daily limit: time, ms': limit.ms,
	};
}
