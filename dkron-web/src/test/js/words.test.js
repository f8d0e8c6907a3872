// The script's words: every key that a module names exists, and counts get the right form.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { ASSETS, loadWords } from './support.js';
import { say, sayCount } from '../../main/webapp/assets/js/words.js';

const words = loadWords();

test('every key named in a module has words', () => {
    for (const file of readdirSync(ASSETS)) {
        const text = readFileSync(new URL(file, ASSETS), 'utf8');
        for (const [, key] of text.matchAll(/\bsay\('([^']+)'/g)) {
            assert.ok(key in words, `${file}: ${key}`);
        }
        for (const [, key] of text.matchAll(/\bsayCount\('([^']+)'/g)) {
            assert.ok(`${key}.other` in words, `${file}: ${key}`);
        }
        for (const [, key] of text.matchAll(/\bbind\('[^']+', '([^']+)'/g)) {
            assert.ok(key in words, `${file}: ${key}`);
        }
    }
});

test('places are filled, and a key without words shows itself', () => {
    assert.equal(say('time.in', '3 s'), 'in 3 s');
    assert.equal(say('no.such.key'), 'no.such.key');
});

test('a count takes its plural form', () => {
    assert.equal(sayCount('jobs.count', 1), '1 job');
    assert.equal(sayCount('jobs.count', 1204), '1,204 jobs');
    assert.equal(sayCount('jobs.count', 0), '0 jobs');
});
