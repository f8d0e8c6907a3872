// The API's description, as it is read.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fieldsOf, groupsOf, matches, typeOf } from '../../main/webapp/assets/js/reference-model.js';

const description = JSON.parse(readFileSync(new URL('../../../../dkron-jaxrs/src/main/resources/io/dkron/jaxrs/api/openapi.json', import.meta.url)));

test('each operation stands in one group', () => {
    const told = groupsOf(description).flatMap(({ operations }) => operations.map(({ method, path }) => `${method} ${path}`));
    const methods = ['get', 'post', 'put', 'patch', 'delete'];
    const there = Object.entries(description.paths).flatMap(([path, item]) => methods.filter((method) => item[method]).map((method) => `${method.toUpperCase()} ${path}`));
    assert.deepEqual([...told].sort(), [...there].sort());
    assert.equal(new Set(groupsOf(description).flatMap(({ operations }) => operations.map(({ id }) => id))).size, there.length);
});

test('requests are grouped by what they are about', () => {
    const groupOf = (method, path) => groupsOf(description).find(({ operations }) => operations.some((each) => each.method === method && each.path === path)).name;
    assert.equal(groupOf('POST', '/v1/jobs'), 'jobs');
    assert.equal(groupOf('GET', '/v1/jobs/{job}/executions/{id}/output'), 'executions');
    assert.equal(groupOf('GET', '/v1/members'), 'cluster');
    assert.equal(groupOf('GET', '/metrics'), 'node');
});

test('types are told in words', () => {
    assert.deepEqual(typeOf({ $ref: '#/components/schemas/Job' }), { text: 'Job', ref: 'Job' });
    assert.deepEqual(typeOf({ type: 'array', items: { $ref: '#/components/schemas/Job' } }), { text: 'Job[]', ref: 'Job' });
    assert.equal(typeOf({ type: 'object', properties: {}, additionalProperties: { type: 'string' } }).text, '{ name: string }');
    assert.equal(typeOf({ type: 'string', format: 'date-time' }).text, 'date-time');
    assert.equal(typeOf(undefined).text, 'any');
});

test('fields of objects within stand behind a dot', () => {
    const fields = fieldsOf({ type: 'object', properties: {
        a: { type: 'array', items: { type: 'object', properties: { b: { type: 'string', enum: ['x', 'y'] } } } }, c: { type: 'string', readOnly: true, description: 'see' },
    } });
    assert.deepEqual(fields.map(({ name }) => name), ['a', 'a[].b', 'c']);
    assert.deepEqual(fields[1].values, ['x', 'y']);
    assert.deepEqual([fields[2].readOnly, fields[2].description], [true, 'see']);
});

test('all words have to be found', () => {
    const operation = { method: 'POST', path: '/v1/jobs/{job}/run', summary: 'Run the job now' };
    assert.equal(matches(operation, 'post run'), true);
    assert.equal(matches(operation, 'RUN NOW'), true);
    assert.equal(matches(operation, 'delete run'), false);
});
