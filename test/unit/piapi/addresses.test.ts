import { expect, it } from '@jest/globals';

import { canBeCalled, canBeFetched } from '../../../nodes/Luma/piapi/addresses';

const PIAPI = 'https://api.piapi.ai';

const PUBLIC = [
	...['n8n.example.com', 'n8n.example.com.', '10.example.com', 'corp.example.com'],
	...['8.8.8.8:8443', '172.32.0.1', '100.128.0.1', '192.0.1.1', '198.17.0.1', '198.20.0.1'],
	...['223.255.255.255', '[2001:4860:4860::8888]', '[2606:4700::1111]'],
];

const PRIVATE = [
	...['localhost', 'localhost..', 'n8n:5678', 'n8n.local', 'n8n.corp.internal', 'nas.home.arpa'],
	...['n8n.corp', 'n8n.intranet', 'n8n.private', 'n8n.default.svc', 'n8n.lan.'],
	...['n8n.example.com..', '127.0.0.1', '10.0.0.7', '172.16.0.1', '172.31.255.1', '192.168.1.20'],
	...['169.254.1.1', '100.64.0.1', '192.0.0.8', '198.18.0.1', '198.19.255.255', '224.0.0.1'],
	...['239.255.255.250', '240.0.0.1', '255.255.255.255', '0x7f.0.0.1', '[::1]'],
	...['[2002:a00:7::]', '[2002:c0a8:101::1]', '[2001::5efe:a00:7]', '[2001:0:a00:7::1]'],
	...['[64:ff9b::a00:7]', '[::ffff:10.0.0.7]', '[fd00::1]', '[fe80::1]'],
];

it.each(PUBLIC)('PiAPI can call %s, and fetch pictures from there, also without https', (host) => {
	expect(canBeCalled(new URL(`https://${host}/webhook/1`), PIAPI)).toBe(true);
	expect(canBeFetched(new URL(`https://${host}/a.jpg`), PIAPI)).toBe(true);
	expect(canBeFetched(new URL(`http://${host}/a.jpg`), PIAPI)).toBe(true);
});

it.each(PRIVATE)('PiAPI can neither call nor fetch pictures from %s', (host) => {
	expect(canBeCalled(new URL(`https://${host}/webhook/1`), PIAPI)).toBe(false);
	expect(canBeFetched(new URL(`https://${host}/a.jpg`), PIAPI)).toBe(false);
});

it('PiAPI calls nobody without https', () => {
	expect(canBeCalled(new URL('http://n8n.example.com/webhook/1'), PIAPI)).toBe(false);
});

it('a PiAPI on this computer reaches whatever is there', () => {
	const local = new URL('http://localhost:5678/');
	expect(canBeCalled(local, 'http://127.0.0.1:3999')).toBe(true);
	expect(canBeFetched(local, 'http://127.0.0.1:3999')).toBe(true);
});
