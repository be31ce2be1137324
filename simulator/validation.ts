/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { aspectRatios, type TaskConfig, type TaskInput, type TaskType } from './tasks';

type Fields = Record<string, unknown>;

/** A body that PiAPI would take. */
interface TaskRequest {
	taskType: TaskType;
	input: TaskInput;
	config: TaskConfig;
}

/** Says whether an earlier video may be continued: its task or generation id is known and completed. */
type CanExtend = (id: string) => boolean;

class BadRequest extends Error {}

const models = ['ray-v1', 'ray-v2'];

/** Checks the body of a create; a refusal is the message of the 400. */
export function readTaskRequest(body: unknown, canExtend: CanExtend): TaskRequest | string {
	try {
		return check(fields(body, 'the body'), canExtend);
	} catch (error) {
		if (error instanceof BadRequest) return error.message;
		throw error;
	}
}

function check(request: Fields, canExtend: CanExtend): TaskRequest {
	demand(request.model === 'luma', 'model must be "luma"');
	const taskTypes = ['video_generation', 'extend_video'] as const;
	const taskType = oneOf(request.task_type, taskTypes, 'task_type');
	const input = fields(request.input, 'input');
	const { prompt = '', duration } = input;
	demand(typeof prompt === 'string', 'input.prompt must be a string');
	demand(taskType === 'extend_video' || prompt.trim() !== '', 'input.prompt is required');
	const listed = { model: models, model_name: models, aspect_ratio: aspectRatios };
	for (const [field, allowed] of Object.entries(listed)) {
		if (isSet(input[field])) oneOf(input[field], allowed, `input.${field}`);
	}
	for (const field of ['loop', 'expand_prompt']) {
		const isFine = !isSet(input[field]) || typeof input[field] === 'boolean';
		demand(isFine, `input.${field} must be a boolean`);
	}
	demand(!isSet(input.seed) || Number.isInteger(input.seed), 'input.seed must be an integer');
	const frames = checkFrames(input, taskType, canExtend);
	const isText = taskType === 'video_generation' && frames === 0;
	demand(!isSet(duration) || duration === 5 || duration === 10, 'input.duration must be 5 or 10');
	demand(duration !== 10 || isText, 'input.duration 10 is supported for text to video only');
	return { taskType, input, config: checkConfig(request.config) };
}

/** Counts the frames of both forms, the newer images and the older key frames. */
function checkFrames(input: Fields, taskType: TaskType, canExtend: CanExtend): number {
	const images = ['start_image', 'end_image'].filter((field) => isSet(input[field]));
	for (const field of images) demandImage(input[field], `input.${field}`);
	const keyFrames = isSet(input.key_frames) ? fields(input.key_frames, 'input.key_frames') : {};
	const frames = ['frame0', 'frame1'].filter((field) => isSet(keyFrames[field]));
	const isExtending = taskType === 'extend_video';
	let generations = 0;
	for (const field of frames) {
		const name = `input.key_frames.${field}`;
		const { type, url, id } = fields(keyFrames[field], name);
		if (oneOf(type, ['image', 'generation'], `${name}.type`) === 'image') {
			demandImage(url, `${name}.url`);
			continue;
		}
		generations++;
		demand(isExtending, `${name} of type "generation" needs task_type "extend_video"`);
		demand(typeof id === 'string' && id !== '', `${name}.id is required`);
		demand(canExtend(id), `${name}.id names no completed generation: ${id}`);
	}
	const needs = 'extend_video needs a frame of type "generation" in input.key_frames';
	demand(!isExtending || generations > 0, needs);
	return images.length + frames.length;
}

function checkConfig(value: unknown): TaskConfig {
	const config = isSet(value) ? fields(value, 'config') : {};
	const { service_mode: mode, webhook_config: sent } = config;
	if (isSet(mode)) oneOf(mode, ['public', 'private', ''], 'config.service_mode');
	const webhook = isSet(sent) ? fields(sent, 'config.webhook_config') : {};
	const { endpoint = '', secret = '' } = webhook;
	demand(typeof endpoint === 'string', 'config.webhook_config.endpoint must be a string');
	demand(typeof secret === 'string', 'config.webhook_config.secret must be a string');
	return { service_mode: '', ...config, webhook_config: { ...webhook, endpoint, secret } };
}

function isSet(value: unknown): boolean {
	return value !== undefined && value !== null;
}

function demand(condition: boolean, message: string): asserts condition {
	if (!condition) throw new BadRequest(message);
}

function demandImage(value: unknown, name: string): void {
	const isWeb = typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value);
	demand(isWeb, `${name} must be an http(s) URL of an image`);
}

function fields(value: unknown, name: string): Fields {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	demand(isObject, `${name} must be a JSON object`);
	return value as Fields;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
	const found = allowed.find((candidate) => candidate === value);
	demand(found !== undefined, `${name} must be one of: ${allowed.join(', ')}`);
	return found;
}
