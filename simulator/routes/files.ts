import { uploadExtensions } from '../library';
import { serveMedia } from '../media';
import { demand, refusal, success } from '../wire';
import type { Handler } from './visit';

const limitBytes = 10 * 1024 * 1024;

/** A search for what does not belong: matching 14 million characters as a whole can exhaust the stack. */
const notBase64 = /[^A-Za-z0-9+/=]|=[^=]|={3}/;

/** `POST /api/ephemeral_resource`, on a host of its own in the real service. */
export const upload: Handler = ({ request, options, library, baseUrl, now }) => {
	if (options.plan === 'free') return refusal(403, 'Insufficient plan level');
	const { file_name: name, file_data: data } = (request.body ?? {}) as Record<string, unknown>;
	demand(typeof name === 'string' && name !== '', 'file_name is required');
	demand(name.length <= 128, 'file_name must have at most 128 characters');
	const extension = /\.([^.]+)$/.exec(name)?.[1].toLowerCase() ?? '';
	const allowed = uploadExtensions.join(', ');
	demand(uploadExtensions.includes(extension), `unsupported file type, use one of: ${allowed}`);
	demand(typeof data === 'string' && data !== '', 'file_data is required');
	const base64 = data.replace(/^data:[^,]*;base64,/, '').replace(/\s/g, '');
	demand(base64 !== '' && !notBase64.test(base64), 'file_data must be base64 or a data URI');
	const bytes = Buffer.from(base64, 'base64');
	demand(bytes.length <= limitBytes, 'file is too large, the limit is 10 MB');
	return success({ url: `${baseUrl}/media/${library.keep(extension, bytes, now)}` });
};

/** `GET /media/…`: results and uploads, which need no key. */
export const media: Handler = ({ request, parameter, library, now, call }) => {
	const [folder] = parameter.split('/');
	if (folder !== 'uploads') call.taskId = folder;
	const file = library.find(parameter, now);
	if (file === 'missing') return refusal(404, 'file not found');
	if (file === 'expired') return refusal(410, 'this link has expired');
	return serveMedia(file, request);
};
