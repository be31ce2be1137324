import type { SimulatedTask, Simulator, SimulatorOptions } from '../../simulator';

const RENDER_SECONDS = 0.1;

/** The simulated videos of tests that share an n8n. */
export abstract class SimulatedVideos {
	/** How videos created from now on fail, those that do. */
	failure: SimulatorOptions['outcome'];

	private areHeld = false;
	private before = 0;

	abstract get simulator(): Simulator;

	/** @param videos that are there once the simulator is asked for one */
	static options(videos: () => SimulatedVideos): SimulatorOptions {
		return {
			queueSeconds: 0,
			renderSeconds: () => (videos().areHeld ? Infinity : RENDER_SECONDS),
			outcome: (...task) => videos().failure?.(...task),
		};
	}

	/** Forgets what earlier tests have done. */
	clear(): void {
		this.failure = undefined;
		this.areHeld = false;
		this.before = this.simulator.tasks.size;
	}

	/** Videos created from now on are not ready before endVideos(). */
	holdVideos(): void {
		this.areHeld = true;
	}

	endVideos(): void {
		for (const task of this.newTasks().filter(({ endedAt }) => endedAt === undefined)) {
			if (task.plan) this.simulator.fail(task, task.plan);
			else this.simulator.complete(task);
		}
	}

	newTasks(): SimulatedTask[] {
		return [...this.simulator.tasks.values()].slice(this.before);
	}
}
