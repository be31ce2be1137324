/* eslint-disable @n8n/community-nodes/require-node-api-error */
import { aspectRatios, type TaskConfig, type TaskInput, type TaskType } from './contract';

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

/** Checks the body of a create; a refusal is the message of the 400. */
export function readTaskRequest(body: unknown, canExtend: CanExtend): TaskRequest | string {
	try {
		return check(body, canExtend);
	} catch (error) {
		if (error instanceof BadRequest) return error.message;
		throw error;
	}
}

function check(body: unknown, canExtend: CanExtend): TaskRequest {
	const request = fields(body, 'the body');
	demand(request.model === 'luma', 'model must be "luma"');
	const taskType = oneOf(request.task_type, ['video_generation', 'extend_video'], 'task_type');
	const input = fields(request.input, 'input');
	const prompt = input.prompt ?? '';
	demand(typeof prompt === 'string', 'input.prompt must be a string');
	demand(taskType === 'extend_video' || prompt.trim() !== '', 'input.prompt is required');
	for (const field of ['model', 'model_name']) {
		if (isSet(input[field])) oneOf(input[field], ['ray-v1', 'ray-v2'], `input.${field}`);
	}
	if (isSet(input.aspect_ratio)) oneOf(input.aspect_ratio, aspectRatios, 'input.aspect_ratio');
	for (const field of ['loop', 'expand_prompt']) {
		if (isSet(input[field])) {
			demand(typeof input[field] === 'boolean', `input.${field} must be a boolean`);
		}
	}
	demand(!isSet(input.seed) || Number.isInteger(input.seed), 'input.seed must be an integer');
	const frames = checkFrames(input, taskType, canExtend);
	checkDuration(input, taskType, frames);
	return { taskType, input, config: checkConfig(request.config) };
}

function checkDuration(input: Fields, taskType: TaskType, frames: number): void {
	const { duration } = input;
	if (!isSet(duration)) return;
	demand(duration === 5 || duration === 10, 'input.duration must be 5 or 10');
	demand(
		duration === 5 || (taskType === 'video_generation' && frames === 0),
		'input.duration 10 is supported for text to video only',
	);
}

/** Counts the frames of both forms, the newer images and the older key frames. */
function checkFrames(input: Fields, taskType: TaskType, canExtend: CanExtend): number {
	let frames = 0;
	let generations = 0;
	for (const field of ['start_image', 'end_image']) {
		if (!isSet(input[field])) continue;
		demandImage(input[field], `input.${field}`);
		frames++;
	}
	const keyFrames = isSet(input.key_frames) ? fields(input.key_frames, 'input.key_frames') : {};
	for (const field of ['frame0', 'frame1']) {
		if (!isSet(keyFrames[field])) continue;
		const name = `input.key_frames.${field}`;
		const frame = fields(keyFrames[field], name);
		frames++;
		if (oneOf(frame.type, ['image', 'generation'], `${name}.type`) === 'image') {
			demandImage(frame.url, `${name}.url`);
			continue;
		}
		generations++;
		demand(
			taskType === 'extend_video',
			`${name} of type "generation" needs task_type "extend_video"`,
		);
		const { id } = frame;
		demand(typeof id === 'string' && id !== '', `${name}.id is required`);
		demand(canExtend(id), `${name}.id names no completed generation: ${id}`);
	}
	demand(
		taskType !== 'extend_video' || generations > 0,
		'extend_video needs a frame of type "generation" in input.key_frames',
	);
	return frames;
}

function checkConfig(value: unknown): TaskConfig {
	const config = isSet(value) ? fields(value, 'config') : {};
	if (isSet(config.service_mode)) {
		oneOf(config.service_mode, ['public', 'private', ''], 'config.service_mode');
	}
	const webhook = isSet(config.webhook_config)
		? fields(config.webhook_config, 'config.webhook_config')
		: {};
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
	demand(
		typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value),
		`${name} must be an http(s) URL of an image`,
	);
}

function fields(value: unknown, name: string): Fields {
	demand(
		typeof value === 'object' && value !== null && !Array.isArray(value),
		`${name} must be a JSON object`,
	);
	return value as Fields;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
	const found = allowed.find((candidate) => candidate === value);
	demand(found !== undefined, `${name} must be one of: ${allowed.join(', ')}`);
	return found;
}
