import type { Answer, Networks, NetworkReply } from './networks';
import type { Filling } from './postingTestbed';

export const PROMPT = 'A barista is pouring milk into a cup, steam is rising, camera pushes in';
export const CAPTION = 'The first cup of the day & a *smile*. #coffee\nSee you at the counter!';

export interface MadeVideo {
	videoUrl: string;
	file: Buffer;
}

export interface PostingCase {
	workflow: string;
	filling?: Filling;
	/** What the form asks for besides the prompt and the caption. */
	form?: Record<string, string>;
	/**
	 * All requests in their order with what a network answers on which all goes well. The first one is free,
	 * before anything is paid. One that stands there twice in a row asks how far the network is.
	 */
	steps: Array<[request: string, reply: NetworkReply | Answer]>;
	/** The request that makes the post; default: the last one. */
	publish?: string;
	/** Checks that what matters has arrived. */
	sent(networks: Networks, video: MadeVideo): void | Promise<void>;
	ratio: string;
	/** The Luma node. */
	maker: string;
}

/** The same request is answered in the order of the steps, and then with the last answer again. */
export function answersOf({ steps }: PostingCase): Record<string, Answer> {
	const answers = steps.map(([request]): [string, Answer] => {
		const replies = steps.filter(([other]) => other === request).map(([, reply]) => reply);
		const next = () => (replies.length > 1 ? replies.shift()! : replies[0]);
		const answer: Answer = async (call) => {
			const reply = next();
			return typeof reply === 'function' ? await reply(call) : reply;
		};
		return [request, answer];
	});
	return Object.fromEntries(answers);
}

export function requestsOf({ steps, publish }: PostingCase) {
	const all = steps.map(([request]) => request);
	return {
		all,
		check: all[0],
		publish: publish ?? all[all.length - 1],
		status: all.find((request, index) => request === all[index + 1]),
	};
}
