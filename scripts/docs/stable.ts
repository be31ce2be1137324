import type { IDataObject } from 'n8n-workflow';

// What differs from run to run, as a page shows it.
const IDS = [
	'c42f6ec7-5f0b-4b8e-9d5e-0a4c7e1f2b3d',
	'7a1c0d52-2f0b-4d0e-9c53-5d1f3a3a0c11',
	'e0b9f3a4-6d17-4c2a-8b55-91c8d2f7a604',
];
const TIMES = {
	created: '2026-01-07T01:36:08.845Z',
	started: '2026-01-07T01:36:09.120Z',
	ended: '2026-01-07T01:38:07.442Z',
};
// As PiAPI's own samples have it; the simulator's videos are smaller.
const LONG_SIDE = 1360;
const SHORT_SIDE = 752;
const WAITED_SECONDS = 119.4;
const TIMED_OUT_AFTER_SECONDS = 900;

const ID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;
const LOCAL_ADDRESS = /https?:\/\/127\.0\.0\.1:\d+\/[^\s"“”]*/g;
const TIME = /^\d{4}-\d\d-\d\dT[\d:]+(\.\d+)?Z$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const NOT_YET = '0001-01-01';

/** An output without what differs from run to run: ids, addresses, times and how long it took. */
export function stable(output: IDataObject): IDataObject {
	const text = JSON.stringify(output);
	const ids = [...new Set(text.match(ID))];
	const known = text.replace(ID, (id) => IDS[ids.indexOf(id) % IDS.length]);
	return JSON.parse(known, (name, value: unknown) => {
		if (typeof value === 'string') return stableText(value, name);
		return isRecord(value) ? { ...value, ...stableFigures(value) } : value;
	}) as IDataObject;
}

function isRecord(value: unknown): value is IDataObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function stableFigures({ width, height, waitSeconds, status }: IDataObject): IDataObject {
	const figures: IDataObject = {};
	if (typeof width === 'number' && typeof height === 'number') {
		figures.width = width > height ? LONG_SIDE : SHORT_SIDE;
		figures.height = height > width ? LONG_SIDE : SHORT_SIDE;
	}
	if (typeof waitSeconds === 'number') {
		figures.waitSeconds = status === 'timeout' ? TIMED_OUT_AFTER_SECONDS : WAITED_SECONDS;
	}
	return figures;
}

function stableText(text: string, name: string): string {
	if (text.startsWith(NOT_YET)) return text;
	if (DAY.test(text)) return TIMES.created.slice(0, 10);
	const time = TIME.exec(text);
	if (time) return timeLike(time[1] ?? '', name);
	return text.replace(LOCAL_ADDRESS, (address) => `https://…/${address.split('/').at(-1)}`);
}

/** With as many digits after the second as there were. */
function timeLike(fraction: string, name: string): string {
	return timeOf(name).replace(/\.\d+/, (own) => fraction && own.padEnd(fraction.length, '0'));
}

function timeOf(name: string): string {
	if (/start|began/i.test(name)) return TIMES.started;
	return /end|complete|update/i.test(name) ? TIMES.ended : TIMES.created;
}
