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
const LOCAL_ADDRESS = /https?:\/\/127\.0\.0\.1:\d+\/[^\s"\\“”]*/g;
/** With its name before it, and not the date of what has not happened yet. */
const TIME = /"(\w+)":"(?!0001)\d{4}-\d\d-\d\dT[\d:]+(\.\d+)?Z"/g;
const DAY = /"\d{4}-\d\d-\d\d"/g;
const SIZE = /"width":(\d+),"height":(\d+)/g;

/** An output without what differs from run to run: ids, addresses, times and how long it took. */
export function stable(output: IDataObject): IDataObject {
	const text = JSON.stringify(output);
	const ids = [...new Set(text.match(ID))];
	const waited = output.status === 'timeout' ? TIMED_OUT_AFTER_SECONDS : WAITED_SECONDS;
	const known = text
		.replace(ID, (id) => IDS[ids.indexOf(id) % IDS.length])
		.replace(LOCAL_ADDRESS, (address) => `https://…/${address.split('/').at(-1)}`)
		.replace(TIME, (_, name: string, fraction = '') => `"${name}":"${timeOf(name, fraction)}"`)
		.replace(DAY, `"${TIMES.created.slice(0, 10)}"`)
		.replace(
			SIZE,
			(_, width, height) => `"width":${side(width, height)},"height":${side(height, width)}`,
		)
		.replace(/"waitSeconds":[\d.]+/g, `"waitSeconds":${waited}`);
	return JSON.parse(known) as IDataObject;
}

function side(one: string, other: string): number {
	return Number(one) > Number(other) ? LONG_SIDE : SHORT_SIDE;
}

/** With as many digits after the second as there were. */
function timeOf(name: string, fraction: string): string {
	const isEnd = /end|complete|update/i.test(name);
	const later = isEnd ? TIMES.ended : TIMES.created;
	const time = /start|began/i.test(name) ? TIMES.started : later;
	return time.replace(/\.\d+/, (own) => fraction && own.padEnd(fraction.length, '0'));
}
