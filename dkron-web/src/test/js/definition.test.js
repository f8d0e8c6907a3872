// What a job's form knows of jobs: definitions, who changed what, and texts that hold lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    chosen, definitionOf, differences, environmentRows, environmentText, headerRows, headerText, joinTag, mapFrom, merged, numberOf, partTag,
    placeOf, readText, rowFaults, sameJob, textOf, utcField, utcTime, warningsIn, withoutSecrets,
} from '../../main/webapp/assets/js/definition.js';

const JOB = {
    id: 'a', name: 'a', displayname: '', timezone: '', schedule: '@hourly', owner: '', owner_email: '', success_count: 3, disabled: false,
    tags: { role: 'web:2' }, metadata: null, retries: 0, dependent_jobs: null, parent_job: '', processors: {}, concurrency: 'allow',
    executor: 'shell', executor_config: { command: 'date' }, status: 'success', next: 'x', misfire: 'once', misfire_limit: 100,
    retry_max_delay: '60s', retry_backoff: 2, retry_jitter: 0.2, notify_on: 'always', keep_logs: null, starts_at: null, recent: [],
};

test('a definition holds what a person said, in the order of the API', () => {
    assert.deepEqual(definitionOf(JOB), { name: 'a', schedule: '@hourly', tags: { role: 'web:2' }, executor: 'shell', executor_config: { command: 'date' } });
    assert.deepEqual(Object.keys(definitionOf({ executor: 'x', wat: 1, name: 'a', retries: 2 })), ['name', 'retries', 'executor', 'wat']);
    assert.deepEqual(definitionOf({ name: 'a', retries: 'many', misfire_limit: 5 }), { name: 'a', retries: 'many', misfire_limit: 5 });
});

test('text and job are the same both ways', () => {
    assert.deepEqual(readText(textOf(JOB)).job, definitionOf(JOB));
    assert.equal(readText('{"name":\n\n}').fault.line, 3);
    const lines = ['{"a":1,\n}', '{"a":"x\n"}', '{\n"a":[1,\n2 3]}', '{"a":{}\n', '{"a":tru\n}', '{a:1}', '{"a":1}\n\nx', '', '{"a":[[{"b":null}]],\n"c" 1}'];
    assert.deepEqual(lines.map((text) => readText(text).fault.line), [2, 1, 3, 2, 1, 1, 3, 1, 2]);
    assert.deepEqual(readText('[1]').fault, { text: '', line: null });
    assert.equal(Object.hasOwn(readText('{"tags":{"__proto__":"x"}}').job.tags, '__proto__'), true);
});

test('the order of keys means nothing, but of processors', () => {
    assert.equal(sameJob({ tags: { a: '1', b: '2' } }, { tags: { b: '2', a: '1' } }), true);
    assert.equal(sameJob({ processors: { a: {}, b: {} } }, { processors: { b: {}, a: {} } }), false);
    assert.equal(sameJob({ processors: { a: { x: '1', y: '2' } } }, { processors: { a: { y: '2', x: '1' } } }), true);
    assert.equal(sameJob({ tags: null }, { tags: {} }), true);
    assert.equal(sameJob(JOB, definitionOf(JOB)), true);
    assert.equal(sameJob(JOB, { ...JOB, wat: 1 }), false);
});

test('of two people each keeps what only they changed; of what both did, mine stays', () => {
    const before = { name: 'a', schedule: '@hourly', owner: 'x', retries: 1, timezone: 'UTC' };
    const theirs = { ...before, owner: 'they', retries: 2, timezone: '' };
    const mine = { ...before, schedule: '@daily', retries: 3 };
    assert.deepEqual(differences(before, theirs, mine).map(({ field, by }) => `${field} ${by}`),
        ['schedule mine', 'timezone theirs', 'owner theirs', 'retries both']);
    assert.deepEqual(merged(before, theirs, mine), { name: 'a', schedule: '@daily', owner: 'they', retries: 3 });
});

test('what is no number stays for the server to refuse', () => {
    assert.deepEqual(['', ' 3 ', '-1', '1.5', 'x', '1e9'].map((text) => numberOf(text, 7)), [7, 3, -1, 1.5, 'x', '1e9']);
});

test('rows become a map, and their faults are told', () => {
    assert.deepEqual(mapFrom([['a', '1'], ['', ''], ['b', '']]), { a: '1', b: '' });
    assert.equal(Object.hasOwn(mapFrom([['__proto__', '1']]), '__proto__'), true);
    assert.deepEqual(rowFaults([['a', '1'], ['', ''], ['', 'x'], ['a', '']]), [{ row: 2, fault: 'missing' }, { row: 3, fault: 'twice' }]);
});

test('a tag has a count after its only colon', () => {
    assert.deepEqual(partTag('web:2'), { value: 'web', count: '2' });
    assert.deepEqual(partTag('web'), { value: 'web', count: '' });
    assert.deepEqual(partTag('10.0.0.1:80:1'), { value: '10.0.0.1:80:1', count: '' });
    for (const text of ['web:2', 'web', 'a:b:c', ':1']) {
        const { value, count } = partTag(text);
        assert.equal(joinTag(value, count), text);
    }
    assert.equal(chosen({ role: 'web:2', dc: 'x:5' }, 7), 2);
    assert.equal(chosen({ role: 'web' }, 7), 7);
    assert.equal(chosen({ role: 'web:9' }, 7), 7);
    assert.equal(chosen(null, 3), 3);
});

test('environments and headers are rows where rows can hold them', () => {
    assert.deepEqual(environmentRows('A=1,B=x=y'), [['A', '1'], ['B', 'x=y']]);
    assert.equal(environmentText(environmentRows('A=1,B=x=y,C=')), 'A=1,B=x=y,C=');
    assert.equal(environmentRows('A=1,nonsense'), null);
    assert.deepEqual(environmentRows(''), []);
    assert.deepEqual(headerRows('["A: b:c","X:"]'), [['A', 'b:c'], ['X', '']]);
    assert.equal(headerText([['A', 'b'], ['', '']]), '["A: b"]');
    assert.equal(headerText([]), '');
    assert.equal(headerRows('{"a":1}'), null);
    assert.equal(headerRows('[3]'), null);
    assert.equal(headerRows('nonsense'), null);
});

test('what is kept in the browser holds no secret', () => {
    const job = { name: 'a', executor: 'shell', executor_config: { command: 'x', env: 'K=V', db_password: '1' },
        processors: { fluent: { host: 'h', sharedSecret: 's' } }, metadata: { team: 'a', api_key: 'k' } };
    const kept = withoutSecrets(job, (owner, key) => owner === 'shell' && key === 'env');
    assert.deepEqual(kept, { name: 'a', metadata: { team: 'a' }, executor: 'shell', executor_config: { command: 'x' }, processors: { fluent: { host: 'h' } } });
});

test('a fault stands at its field, or at the nearest around it', () => {
    const places = new Set(['tags', 'executor_config.command', 'executor_config', 'retries']);
    assert.equal(placeOf('retries', places), 'retries');
    assert.equal(placeOf('tags.a.b', places), 'tags');
    assert.equal(placeOf('executor_config.command', places), 'executor_config.command');
    assert.equal(placeOf('executor_config.env', places), 'executor_config');
    assert.equal(placeOf('wat', places), null);
});

test('warnings are read out of their header', () => {
    assert.deepEqual(warningsIn('299 dkron "no live member has executor \\"x\\"", 299 dkron "gr%C3%B6%C3%9Fe, 100%25"'), ['no live member has executor "x"', 'größe, 100%']);
    assert.deepEqual(warningsIn(null), []);
});

test('times go through a field in UTC and back', () => {
    assert.equal(utcField('2030-01-02T03:04:05+01:00'), '2030-01-02T02:04:05');
    assert.equal(utcField('2030-01-02T03:04'), '2030-01-02T03:04:00');
    assert.equal(utcField(null), '');
    assert.equal(utcTime('2030-01-02T03:04'), '2030-01-02T03:04:00Z');
    assert.equal(utcTime('2030-01-02T03:04:05'), '2030-01-02T03:04:05Z');
    assert.equal(utcTime(''), null);
});
