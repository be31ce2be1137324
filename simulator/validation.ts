import { pixels, type TaskConfig, type TaskInput, type TaskRequest } from './tasks';
import { demand } from './wire';

type Fields = Record<string, unknown>;

/** Says whether an earlier video may be continued: its task or generation id is known and completed. */
type CanExtend = (id: unknown) => boolean;

const models = ['ray-v1', 'ray-v2'];

/** Reads the body of a create; one that PiAPI would not take is a bad request. */
export function readTaskRequest(body: unknown, canExtend: CanExtend): TaskRequest {
	const request = fields(body, 'the body');
	demand(request.model === 'luma', 'model must be "luma"');
	const taskTypes = ['video_generation', 'extend_video'] as const;
	const taskType = oneOf(request.task_type, taskTypes, 'task_type');
	const input = fields(request.input, 'input');
	const { prompt = '', duration = 5, seed = 0 } = input;
	demand(typeof prompt === 'string', 'input.prompt must be a string');
	demand(taskType === 'extend_video' || prompt.trim() !== '', 'input.prompt is required');
	const listed = { model: models, model_name: models, aspect_ratio: Object.keys(pixels) };
	for (const [field, allowed] of Object.entries(listed)) {
		if (field in input) oneOf(input[field], allowed, `input.${field}`);
	}
	for (const field of ['loop', 'expand_prompt']) {
		demand(typeof (input[field] ?? false) === 'boolean', `input.${field} must be a boolean`);
	}
	demand(Number.isInteger(seed), 'input.seed must be an integer');
	const frames = checkFrames(input, taskType === 'extend_video', canExtend);
	const isText = taskType === 'video_generation' && frames === 0;
	demand(duration === 5 || duration === 10, 'input.duration must be 5 or 10');
	demand(duration !== 10 || isText, 'input.duration 10 is supported for text to video only');
	return { taskType, input: request.input as TaskInput, config: readConfig(request.config) };
}

/** Counts the frames of both forms, the newer images and the older key frames. */
function checkFrames(input: Fields, isExtending: boolean, canExtend: CanExtend): number {
	const images = ['start_image', 'end_image'].filter((field) => field in input);
	for (const field of images) demandImage(input[field], `input.${field}`);
	const { frame0, frame1 } = fields(input.key_frames ?? {}, 'input.key_frames');
	const frames = Object.entries({ frame0, frame1 }).filter(([, frame]) => frame !== undefined);
	let generations = 0;
	for (const [field, frame] of frames) {
		const name = `input.key_frames.${field}`;
		const { type, url, id } = fields(frame, name);
		if (oneOf(type, ['image', 'generation'], `${name}.type`) === 'image') {
			demandImage(url, `${name}.url`);
			continue;
		}
		generations++;
		demand(isExtending, `${name} of type "generation" needs task_type "extend_video"`);
		demand(canExtend(id), `${name}.id names no completed generation: ${String(id)}`);
	}
	const needs = 'extend_video needs a frame of type "generation" in input.key_frames';
	demand(!isExtending || generations > 0, needs);
	return images.length + frames.length;
}

function readConfig(value: unknown): TaskConfig {
	const config = fields(value ?? {}, 'config');
	const webhook = fields(config.webhook_config ?? {}, 'config.webhook_config');
	const modes = ['public', 'private', ''];
	const service_mode = oneOf(config.service_mode ?? '', modes, 'config.service_mode');
	const { endpoint = '', secret = '' } = webhook;
	demand(typeof endpoint === 'string', 'config.webhook_config.endpoint must be a string');
	demand(typeof secret === 'string', 'config.webhook_config.secret must be a string');
	return { ...config, service_mode, webhook_config: { ...webhook, endpoint, secret } };
}

function demandImage(value: unknown, name: string): void {
	const isWeb = typeof value === 'string' && /^https?:/i.test(value) && URL.canParse(value);
	demand(isWeb, `${name} must be an http(s) URL of an image`);
}

/** The fields of an object; one that is null is the same as none. */
function fields(value: unknown, name: string): Fields {
	const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
	demand(isObject, `${name} must be a JSON object`);
	return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[], name: string): T {
	const found = allowed.find((candidate) => candidate === value);
	demand(found !== undefined, `${name} must be one of: ${allowed.join(', ')}`);
	return found;
}
