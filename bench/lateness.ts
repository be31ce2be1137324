import { APPROACHES } from './baselines';
import { lengthsAround, type Approach, type Delivery } from './outcome';
import type { Plan } from './plans';
import { decimals, type Goal, goal, type Row, type Section, spreadOf } from './section';

/** How late single tasks are seen, in virtual time. */
export async function measureLateness(plan: Plan['lateness']): Promise<Section> {
	const rows: Row[] = [];
	const goals: Goal[] = [];
	for (const taskSeconds of plan.taskSeconds) {
		for (const [name, approach] of Object.entries(APPROACHES)) {
			const delivered = await deliveriesOf(approach, lengthsAround(taskSeconds, plan.tasks));
			const lost = plan.tasks - delivered.length;
			const row = {
				'Seconds late': spreadOf(delivered.map(({ lateness }) => lateness)),
				'Reads per task': spreadOf(delivered.map(({ reads }) => reads)),
			};
			const of = `${lost} of ${plan.tasks}`;
			rows.push({ Task: `${taskSeconds} s`, Approach: name, ...row, Lost: of });
			if (name === 'Wait Here') goals.push(...goalsOf(taskSeconds, delivered, lost));
		}
	}
	return {
		title: 'Lateness',
		note: 'One task at a time, in virtual time: from the end of the task until its video was there, as median (least–most).',
		rows,
		goals,
	};
}

async function deliveriesOf(approach: Approach, lengths: number[]): Promise<Delivery[]> {
	const delivered: Delivery[] = [];
	for (const renderSeconds of lengths) {
		delivered.push(...(await approach(1, { renderSeconds })).delivered);
	}
	return delivered;
}

function goalsOf(taskSeconds: number, delivered: Delivery[], lost: number): Goal[] {
	const late = spreadOf(delivered.map(({ lateness }) => lateness));
	const reads = spreadOf(delivered.map((delivery) => delivery.reads));
	const what = `one task of ${taskSeconds} s`;
	const reason = `${decimals(reads.median)} reads in ${taskSeconds} s leave up to ${decimals(late.most)} s between two of them around the end of the task`;
	const often = `a read every ${decimals(taskSeconds / reads.median)} s on average, for a lateness of ${decimals(late.median)} s`;
	const medianLimit = taskSeconds === 300 ? 'at most 4 s' : 'at most 2 s';
	const goals = [
		goal(`Videos lost, ${what}`, lost, 'at most 0', `${lost} ended without a video`),
		goal(`Lateness (median), ${what}`, late.median, medianLimit, reason),
	];
	if (taskSeconds <= 120) {
		goals.push(goal(`Lateness (most), ${what}`, late.most, 'at most 4 s', reason));
	}
	if (taskSeconds === 120) {
		goals.push(goal(`Reads (median), ${what}`, reads.median, 'at most 34', often));
	}
	return goals;
}
