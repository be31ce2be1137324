/* eslint-disable @n8n/community-nodes/no-restricted-imports */
import { describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { n8nVersions, repository } from '../../../scripts/n8n/versions';
import { read } from '../../../support/texts/markdown';

interface Job {
	needs?: string;
	permissions?: Record<string, string>;
	strategy?: { matrix: Record<string, unknown[]> };
	steps: Array<{ uses?: string; run?: string; with?: Record<string, unknown> }>;
}

interface GithubWorkflow {
	on: Record<string, { tags?: string[]; branches?: string[] } | null>;
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const workflowFiles = readdirSync(join(repository, '.github/workflows'));

function workflow(file: string): GithubWorkflow {
	return parse(read(`.github/workflows/${file}`)) as GithubWorkflow;
}

function commandsOf({ steps }: Job): string[] {
	return steps.flatMap(({ run }) => run ?? []);
}

describe.each(workflowFiles)('%s', (file) => {
	const { jobs, permissions } = workflow(file);
	const steps = Object.values(jobs).flatMap((job) => job.steps);

	it('may only read the code, by actions of a fixed version, and leaves no token behind', () => {
		expect(permissions).toEqual({ contents: 'read' });
		for (const { uses } of steps.filter((step) => step.uses)) {
			expect(uses).toMatch(/^[\w./-]+@(v\d+|[0-9a-f]{40})$/);
		}
		const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
		expect(checkouts).toHaveLength(Object.keys(jobs).length);
		for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
	});

	it('calls only commands that exist', () => {
		const lines = Object.values(jobs).flatMap(commandsOf);
		const called = lines.flatMap((line) => [...line.matchAll(/npm (?:run )?([\w:]+)/g)]);
		expect(called.length).toBeGreaterThan(0);
		for (const [, name] of called) expect(['publish', ...Object.keys(scripts)]).toContain(name);
		for (const [, path] of lines.flatMap((line) => [...line.matchAll(/node (\S+)/g)])) {
			expect(() => read(path)).not.toThrow();
		}
	});

	it('puts no value from outside into a command', () => {
		const outside = /\$\{\{(?! *matrix\.)/;
		for (const line of Object.values(jobs).flatMap(commandsOf)) expect(line).not.toMatch(outside);
	});
});

it('every push and pull request is tested on each Node and in each n8n of the table', () => {
	const { jobs, on } = workflow('ci.yml');
	expect(Object.keys(on).sort()).toEqual(['pull_request', 'push']);
	expect(jobs.package.strategy?.matrix.node).toEqual([20, 22, 24]);
	const commands = ['lint', 'types', 'build', 'test:unit', 'test:engine', 'test:package'];
	expect(commandsOf(jobs.package)).toEqual(
		expect.arrayContaining(commands.map((name) => `npm run ${name}`)),
	);
	expect(jobs.n8n.strategy?.matrix.n8n).toEqual(n8nVersions);
	expect(commandsOf(jobs.n8n)).toEqual(['npm run test:matrix -- ${{ matrix.n8n }}']);
});

describe('a release', () => {
	const { jobs, on } = workflow('publish.yml');

	it('is published for a version tag only, after every check', () => {
		expect(on).toEqual({ push: { tags: ['v*.*.*'] } });
		expect(jobs.publish.needs).toBe('check');
		expect(commandsOf(jobs.check)).toEqual([
			'node .github/release.mjs "$GITHUB_REF_NAME"',
			'npm test',
		]);
	});

	it('is published with provenance and without a token', () => {
		expect(jobs.check.permissions).toBeUndefined();
		expect(jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
		expect(commandsOf(jobs.publish).at(-1)).toMatch(/^npm publish --provenance --access public/);
		expect(read('.github/workflows/publish.yml')).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
	});
});
