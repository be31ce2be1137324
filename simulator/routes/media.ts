import { refusal } from '../envelope';
import { serveMedia } from '../media';
import type { Handler } from './visit';

/** `GET` and `HEAD /media/…`: results and uploads, which need no key. */
export const media: Handler = ({ request, parameter, findMedia, isAbout }) => {
	const [folder] = parameter.split('/');
	if (folder !== 'uploads') isAbout(folder);
	const file = findMedia(parameter);
	if (file === 'missing') return refusal(404, 'file not found');
	if (file === 'expired') return refusal(410, 'this link has expired');
	return serveMedia(file, request);
};
