import { describe, expect, it } from '@jest/globals';

import { canBeCalled, canBeFetched } from '../../../nodes/Luma/piapi/addresses';

const PIAPI = 'https://api.piapi.ai';

describe('PiAPI can call', () => {
	it.each([
		'https://n8n.example.com/webhook/1',
		'https://10.example.com/',
		'https://8.8.8.8:8443/webhook/1',
		'https://172.32.0.1/',
		'https://100.128.0.1/',
		'https://192.0.1.1/',
		'https://198.17.0.1/',
		'https://198.20.0.1/',
		'https://223.255.255.255/',
		'https://n8n.example.com./',
		'https://corp.example.com/',
		'https://svc.example.com/',
		'https://[2001:4860:4860::8888]/',
		'https://[2606:4700::1111]/webhook/1',
	])('%s', (address) => {
		expect(canBeCalled(new URL(address), PIAPI)).toBe(true);
	});
});

describe('PiAPI cannot call', () => {
	it.each([
		'http://n8n.example.com/webhook/1',
		'https://localhost/',
		'https://n8n:5678/',
		'https://n8n.local/',
		'https://n8n.corp.internal/',
		'https://nas.home.arpa/',
		'https://127.0.0.1/',
		'https://10.0.0.7/',
		'https://172.16.0.1/',
		'https://172.31.255.1/',
		'https://192.168.1.20/',
		'https://169.254.1.1/',
		'https://100.64.0.1/',
		'https://192.0.0.8/',
		'https://198.18.0.1/',
		'https://198.19.255.255/',
		'https://224.0.0.1/',
		'https://239.255.255.250/',
		'https://240.0.0.1/',
		'https://255.255.255.255/',
		'https://n8n.corp/',
		'https://n8n.intranet/',
		'https://n8n.private/',
		'https://n8n.default.svc/',
		'https://n8n.lan./',
		'https://n8n.example.com../',
		'https://localhost../',
		'https://[::1]/',
		'https://[2002:a00:7::]/',
		'https://[2002:c0a8:101::1]/',
		'https://[2001::5efe:a00:7]/',
		'https://[2001:0:a00:7::1]/',
		'https://[64:ff9b::a00:7]/',
		'https://[fd00::1]/',
		'https://[fe80::1]/',
	])('%s', (address) => {
		expect(canBeCalled(new URL(address), PIAPI)).toBe(false);
	});
});

it('a PiAPI on this computer reaches whatever is there', () => {
	expect(canBeCalled(new URL('http://localhost:5678/'), 'http://127.0.0.1:3999')).toBe(true);
});

describe('a picture', () => {
	it.each(['http://photos.example.com/a.jpg', 'https://8.8.8.8/a.jpg'])(
		'can be fetched from the internet, also without https: %s',
		(address) => {
			expect(canBeFetched(new URL(address), PIAPI)).toBe(true);
		},
	);

	it.each([
		'https://localhost/a.jpg',
		'http://nas.local/a.jpg',
		'https://10.0.0.7/a.jpg',
		'http://[::ffff:10.0.0.7]/a.jpg',
		'http://0x7f.0.0.1/a.jpg',
	])('cannot be fetched from a private network: %s', (address) => {
		expect(canBeFetched(new URL(address), PIAPI)).toBe(false);
	});

	it('can be fetched from this computer by a PiAPI on it', () => {
		expect(canBeFetched(new URL('http://localhost/a.jpg'), 'http://127.0.0.1:3999')).toBe(true);
	});
});
