import type { Answer, Networks } from './networks';
import type { Filling } from './postingTestbed';

export const PROMPT = 'A barista is pouring milk into a cup, steam is rising, camera pushes in';
export const CAPTION = 'The first cup of the day & a *smile*. #coffee\nSee you at the counter!';

export interface MadeVideo {
	videoUrl: string;
	file: Buffer;
}

export interface PostingCase {
	workflow: string;
	filling: Filling;
	/** What the form asks for besides the prompt and the caption. */
	form?: Record<string, string>;
	/** A network on which all goes well. */
	answers(): Record<string, Answer>;
	/** All requests, in their order. */
	steps: string[];
	/** The request that makes the post. */
	publish: string;
	/** Where the network says how far it is, if it needs time. */
	status?: string;
	/** The free request before anything is paid. */
	check: string;
	/** Checks that what matters has arrived. */
	sent(networks: Networks, video: MadeVideo): void | Promise<void>;
	ratio: string;
	/** The Luma node. */
	maker: string;
}
