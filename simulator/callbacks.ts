import type { Clock } from './clock';
import type { Call, FaultEffect, SimulatorOptions, SimulatorRequest } from './contract';
import { answerUnder, ConnectionReset, type Faults } from './faults';
import { cutOff } from './media';
import type { SimulatedTask } from './tasks';

/** Tells customers of their tasks, and again until they answer with 2xx. */
export class Callbacks {
	constructor(
		private readonly clock: Clock,
		private readonly faults: Faults,
		private readonly calls: Call[],
		private readonly options: SimulatorOptions,
	) {}

	/** Starts telling; the payload, its timestamp with it, is the same in each attempt. */
	announce({ taskId, config }: SimulatedTask, payload: object): void {
		const { endpoint, secret } = config.webhook_config;
		const { callbackContentType: type = 'application/json' } = this.options;
		const headers = {
			...(type !== '' && { 'content-type': type }),
			...(secret !== '' && { 'x-webhook-secret': secret }),
		};
		void this.#deliver({ method: 'POST', path: endpoint, headers, body: payload }, taskId);
	}

	async #deliver(request: SimulatorRequest, taskId: string): Promise<void> {
		const { callbackRetrySeconds = [5, 5, 5], sendCallback } = this.options;
		for (const seconds of [0, ...callbackRetrySeconds]) {
			await this.clock.sleep(seconds * 1000);
			if (!sendCallback && !isOnThisMachine(request.path)) {
				this.#note(request, taskId).status = 'refused';
				return;
			}
			if (await this.#attempt(request, taskId)) return;
		}
	}

	/** Whether the endpoint took it. */
	async #attempt(sent: SimulatorRequest, taskId: string): Promise<boolean> {
		const effect = this.faults.meet('callback', sent);
		if (effect?.kind === 'slow') await this.clock.sleep(effect.seconds * 1000);
		const request = { ...sent, body: bodyUnder(effect, sent.body) };
		const deliveries = [this.#post(request, taskId, effect)];
		if (effect?.kind === 'twice') deliveries.push(this.#post(request, taskId));
		return (await Promise.all(deliveries)).some(Boolean);
	}

	async #post(request: SimulatorRequest, taskId: string, effect?: FaultEffect): Promise<boolean> {
		const call = this.#note(request, taskId);
		const { sendCallback: send = overHttp } = this.options;
		try {
			const post = async () => ({ ...(await send(request)), headers: {}, body: '' });
			const late = effect?.kind === 'slow' ? undefined : effect;
			const { status } = await answerUnder(late, this.clock, post);
			call.status = status;
			return status >= 200 && status < 300;
		} catch (error) {
			call.status = error instanceof ConnectionReset ? error.after : 'reset';
			return false;
		}
	}

	#note({ method, path, body }: SimulatorRequest, taskId: string): Call {
		const request = { route: 'callback' as const, method, path, hasKey: false, body, taskId };
		const call: Call = { ...request, at: this.clock.now(), status: 'hang' };
		this.calls.push(call);
		return call;
	}
}

async function overHttp({ path, method, headers, body: sent }: SimulatorRequest) {
	const body = typeof sent === 'string' ? sent : JSON.stringify(sent);
	// In real time, whatever the clock of the simulator.
	const signal = AbortSignal.timeout(30_000);
	const response = await fetch(path, { method, headers, body, redirect: 'manual', signal });
	await response.body?.cancel();
	return { status: response.status };
}

/** What is delivered under a fault. */
function bodyUnder(effect: FaultEffect | undefined, body: unknown): unknown {
	if (effect?.kind === 'rewrite') return effect.body(structuredClone(body));
	return effect?.kind === 'cutOff' ? cutOff({ status: 200, headers: {}, body }).body : body;
}

/** The simulator calls nobody outside of this machine. */
function isOnThisMachine(endpoint: string): boolean {
	if (!/^https?:/i.test(endpoint) || !URL.canParse(endpoint)) return false;
	const { hostname } = new URL(endpoint);
	return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
}
