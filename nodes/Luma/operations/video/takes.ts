import type { INodeProperties } from 'n8n-workflow';

import type { FileSettings, JobRequest, JobSource } from '../../jobs/request';
import { shortened, type Take } from '../../messages/items';
import { numberOf } from '../../piapi/json';
import { createJobs } from '../createJobs';
import type { Operation } from '../operation';
import type { Parameters } from '../parameters';
import { waitMode } from '../waiting';

/** So that a slip of the keyboard does not cost a fortune. */
const MAX_VIDEOS = 10;

/** The largest that fits into 32 bits, as seeds of image and video models do. */
export const MAX_SEED = 2 ** 32 - 1;

export const numberOfVideosOption: INodeProperties = {
	displayName: 'Number of Videos',
	name: 'numberOfVideos',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: MAX_VIDEOS, numberPrecision: 0 },
	default: 2,
	description:
		"How many videos to make of each item, 1 to 10, so that you can choose the best one; without this option it is one. Each is paid for and becomes an item of its own. With a 'Seed' the first has this seed, the next one the seed after it, and so on.",
};

/** An operation that makes one or more videos of each item, side by side. */
export function createVideos(
	toRequest: (parameters: Parameters) => Promise<JobRequest>,
): Operation['execute'] {
	return createJobs(async (parameters) => {
		const request = await toRequest(parameters);
		const count = parameters.in('options').number(numberOfVideosOption, {
			unset: 1,
			isWhole: true,
		});
		if (count > 1 && waitMode(parameters) === 'callback') demandNoMatchingItems(parameters);
		return takesOf(request, count);
	});
}

/** `$('…').item` and its like: what an expression reads of the item that belongs to its own. */
const MATCHING_ITEM = /\$\(\\?["'`]([^"'`\\]*)\\?["'`]\)\.(?:item|itemMatching|pairedItem)\b/g;

/** n8n pairs what a suspended node gives out by position: the second video of an item belongs to no item. */
function demandNoMatchingItems(parameters: Parameters): void {
	const { context } = parameters;
	const { name: own } = context.getNode();
	const earlier = new Set(context.getParentNodes(own).map(({ name }) => name));
	for (const later of context.getChildNodes(own, { includeNodeParameters: true })) {
		const expressions = later.disabled ? '' : JSON.stringify(later.parameters ?? {});
		for (const [, read] of expressions.matchAll(MATCHING_ITEM)) {
			if (!earlier.has(read) || read === own) continue;
			throw parameters.error(
				`“${shortened(later.name)}” reads the matching item of “${shortened(read)}”, which n8n cannot find for several videos of an item when 'Wait Mode' is Suspend Until Callback`,
				"Set 'Wait Mode' to Wait Here, or remove 'Number of Videos' from Options.",
			);
		}
	}
}

/** The same request several times, with seeds and file names of their own. */
function takesOf(request: JobRequest, count: number): JobRequest[] {
	if (count === 1) return [request];
	return Array.from({ length: count }, (_, index) => {
		const take = { number: index + 1, of: count };
		return {
			...request,
			take,
			source: withSeedOf(take, request.source),
			files: request.files && named(request.files, take),
		};
	});
}

/** Seeds follow one another, and after the largest comes 0. */
function withSeedOf({ number }: Take, source: JobSource): JobSource {
	if (source.type === 'existing') return source;
	const { body } = source;
	const first = numberOf(body.input.seed);
	if (first === null) return source;
	const next = first + number - 1;
	const seed = first <= MAX_SEED && next > MAX_SEED ? next - MAX_SEED - 1 : next;
	return { type: 'create', body: { ...body, input: { ...body.input, seed } } };
}

function named(files: FileSettings, { number }: Take): FileSettings {
	return { ...files, nameSuffix: `-${number}` };
}
