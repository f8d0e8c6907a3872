// The draft that form and JSON share, what is asked about it, and the words of its fields.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ASSETS, loadWords } from './support.js';
import { DEFAULTS } from '../../main/webapp/assets/js/definition.js';
import { Draft } from '../../main/webapp/assets/js/editor-draft.js';
import { Check } from '../../main/webapp/assets/js/editor-check.js';

const words = loadWords();

test('the draft is written by path, and never changed in place', () => {
    const draft = new Draft({ name: 'a', status: 'success', executor_config: { command: 'x' } });
    const before = draft.job;
    const told = [];
    draft.addEventListener('change', ({ detail }) => told.push(`${detail.by} ${detail.path}`));
    draft.set(['executor_config', 'a.b'], '1');
    draft.set(['processors', 'log', 'forward'], 'true');
    draft.set(['retries'], 0);
    assert.deepEqual(before, { name: 'a', executor_config: { command: 'x' } });
    assert.deepEqual(draft.job, { name: 'a', executor_config: { command: 'x', 'a.b': '1' }, processors: { log: { forward: 'true' } } });
    assert.equal(draft.get(['executor_config', 'a.b']), '1');
    assert.equal(draft.get(['executor_config', 'constructor']), undefined);
    draft.set(['executor_config', 'a.b'], undefined);
    draft.set(['executor_config', 'command'], undefined);
    assert.equal('executor_config' in draft.job, false);
    draft.replace({ name: 'b' }, 'json');
    assert.deepEqual(told, ['form executor_config.a.b', 'form processors.log.forward', 'form retries', 'form executor_config.a.b', 'form executor_config.command', 'json ']);
});

test('every field has a place in the form, with label and help', () => {
    const form = readFileSync(new URL('editor-form.js', ASSETS), 'utf8');
    for (const field of Object.keys(DEFAULTS).filter((name) => !['executor_config', 'keep_logs'].includes(name))) {
        assert.ok(`editor.f.${field}` in words && `editor.h.${field}` in words, field);
        assert.ok(field === 'processors' || form.includes(`'${field}'`), field);
    }
    for (const [, values] of form.matchAll(/#section\('([^']+)'/g)) {
        assert.ok(`editor.group.${values}` in words && `editor.group.${values}.help` in words, values);
    }
    for (const preset of /PRESETS = \[(.*)\]/.exec(form)[1].matchAll(/'([^']+)'/g)) {
        assert.ok(`editor.preset.${preset[1].replaceAll(' ', '_')}` in words, preset[1]);
    }
    for (const [, field, values] of form.matchAll(/#choice\('(\w+)', \[([^\]]+)\]/g)) {
        values.split(',').forEach((value) => assert.ok(`editor.o.${field}.${value.trim().replaceAll("'", '')}` in words, value));
    }
});

/** Answers as the API would, and remembers what was asked. */
function server(t, answers) {
    const asked = [];
    t.mock.method(globalThis, 'fetch', async (url, { body, signal }) => {
        asked.push(`${url.split('?')[0]} ${body}`);
        await new Promise((resolve) => { setImmediate(resolve); });
        signal.throwIfAborted();
        const { status = 200, data } = answers(url, JSON.parse(body));
        return new Response(JSON.stringify(data), { status });
    });
    return asked;
}

test('a job that cannot be saved yet shows its firings all the same', async (t) => {
    const schedule = { description: 'every hour', timezone: 'UTC', next: [] };
    const asked = server(t, (url, body) => {
        if (url.startsWith('/v1/members')) {
            return { data: ['n1', 'n2', 'n3'] };
        }
        return body.name === 'preview' ? { data: { valid: true, warnings: ['no executor'], schedule } }
            : { status: 400, data: { errors: [{ field: 'name', message: 'name cannot be empty' }] } };
    });
    const result = await new Promise((resolve) => { new Check(() => ({ schedule: '@hourly', tags: { role: 'web:2' } }), resolve).soon(); });
    assert.deepEqual(result, { faults: [{ field: 'name', message: 'name cannot be empty' }], warnings: [], schedule, failure: null, targets: { names: ['n1', 'n2', 'n3'], run: 2 } });
    assert.deepEqual(asked, ['/v1/jobs/validate {"schedule":"@hourly","tags":{"role":"web:2"}}', '/v1/members/match {"role":"web:2"}',
        '/v1/jobs/validate {"schedule":"@hourly","timezone":null,"starts_at":null,"expires_at":null,"name":"preview"}']);
});

test('a schedule that is wrong has no firings, and is asked for once', async (t) => {
    const asked = server(t, (url) => (url.startsWith('/v1/members') ? { status: 400, data: {} } : { status: 400, data: { errors: [{ field: 'schedule', message: 'no' }] } }));
    const result = await new Promise((resolve) => { new Check(() => ({ name: 'a', schedule: 'x' }), resolve).soon(); });
    assert.deepEqual([result.schedule, result.targets, result.faults.length, asked.length], [null, null, 1, 2]);
});

test('of questions that overtake each other the last one is answered', async (t) => {
    server(t, (url, body) => (url.startsWith('/v1/members') ? { data: [] } : { data: { warnings: [body.name], schedule: null } }));
    let name = 'first';
    const results = [];
    await new Promise((resolve) => {
        const check = new Check(() => ({ name }), (result) => {
            results.push(result.warnings[0]);
            resolve();
        });
        check.soon();
        name = 'second';
        check.soon();
    });
    assert.deepEqual(results, ['second']);
});
