import { virtualRun } from '../../test/unit/generation/virtualRun';
import { readSteadily } from '../lateness/virtual';
import type { ScaleRow } from '../results';
import { ROOMY, tasksOf } from '../service';
import { scaleRow } from './scale';

/** What a service far away makes of it: on this machine an answer takes next to no time. */
export async function scaleWithSlowAnswers(
	items: number,
	taskSeconds: number,
	answers: number,
): Promise<ScaleRow> {
	const { simulator, generations } = await virtualRun({
		service: { ...ROOMY, renderSeconds: taskSeconds, faults: slowly(answers) },
		requests: Array.from({ length: items }, () => ({})),
	});
	const endedAt = Math.max(...generations.map(({ endedAt: at }) => Number(at)));
	const run = { tasks: tasksOf(simulator), endedAt };
	return scaleRow({ items, way: 'poll', clock: 'virtual', answers, taskSeconds }, [run]);
}

/** Item by item, a read every 3 s. */
export async function plainScale(items: number, taskSeconds: number): Promise<ScaleRow> {
	const run = await readSteadily(items, taskSeconds, 3);
	const facts = { items, way: 'plain', clock: 'virtual', answers: 0, taskSeconds } as const;
	return scaleRow(facts, [run]);
}

/** A service whose every answer takes that long. */
function slowly(seconds: number) {
	const effect = { kind: 'slow', seconds } as const;
	return (['create', 'read'] as const).map((route) => ({ route, calls: 'every', effect }) as const);
}
