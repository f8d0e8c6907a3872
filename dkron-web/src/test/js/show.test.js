// Times, text and output as they are shown; addresses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWords } from './support.js';
import { editPage, listApi, listPage, jobApi, jobPage, newPage, pageNumbers, readList, readPath, runPage } from '../../main/webapp/assets/js/address.js';
import { NO_STYLE, ansiLine } from '../../main/webapp/assets/js/ansi.js';
import { LogModel } from '../../main/webapp/assets/js/log-model.js';
import { cut, lastLine, plain, runs } from '../../main/webapp/assets/js/text.js';
import { ago, instant, knownZone, roundSpan, span, stamp, until, wholeSpan } from '../../main/webapp/assets/js/time.js';

loadWords();

test('no time is no time', () => {
    assert.equal(instant('0001-01-01T00:00:00Z'), null);
    assert.equal(instant(null), null);
    assert.equal(instant('2026-11-24T10:00:00.123456789Z'), Date.UTC(2026, 10, 24, 10, 0, 0, 123));
});

test('spans take the unit that fits', () => {
    assert.deepEqual([7, 999, 2149, 41000, 65000, 7380000, 360000000].map(span), ['7 ms', '999 ms', '2.1 s', '41 s', '1 m 05 s', '2 h 03 m', '4 d 4 h']);
    assert.equal(wholeSpan(2900), '2 s');
    assert.deepEqual([50, 1000, 2500, 30_000, 1_800_000, 5_400_000, 3_600_000, 172_800_000].map(roundSpan),
        ['50 ms', '1 s', '2.5 s', '30 s', '30 m', '1 h 30 m', '1 h', '2 d']);
});

test('a countdown ends in now, never in minus', () => {
    assert.equal(until(10000, 7500), 'in 3 s');
    assert.equal(until(10000, 10000), 'now');
    assert.equal(until(10000, 12000), 'now');
    assert.equal(ago(10000, 9000), 'just now');
    assert.equal(ago(10000, 75000), '1 m ago');
});

test('today needs no date, another day does; zones are the caller\'s', () => {
    const at = Date.UTC(2026, 10, 24, 23, 30);
    assert.equal(stamp(at, at, 'UTC'), '23:30:00');
    assert.equal(stamp(at, at, 'Europe/Berlin'), '00:30:00');
    assert.equal(stamp(at, at + 86400000, 'UTC'), 'Nov 24, 23:30:00');
    assert.equal(knownZone('Europe/Berlin'), true);
    assert.equal(knownZone('Mars/Phobos'), false);
});

test('hidden characters are shown', () => {
    assert.equal(plain('a\u202eb\u0007\n\u200b\u007f'), 'a[U+202E]b^G^J[U+200B]^?');
    assert.deepEqual(runs('a\u0000\u0001b'), [{ text: 'a', hidden: false }, { text: '^@^A', hidden: true }, { text: 'b', hidden: false }]);
    assert.equal(plain('größe 日本 👩‍🚀'), 'größe 日本 👩‍🚀');
});

test('the last line that says something is the reason', () => {
    assert.equal(lastLine('exit status 1\n\u001b[31mtar: disk full\u001b[0m\r\n\n'), 'tar: disk full');
    assert.equal(lastLine(undefined), '');
});

test('a cut never halves a character', () => {
    assert.equal(cut('a😀b', 2), 'a');
    assert.equal(cut('a😀b', 3), 'a😀');
});

test('colours become classes and go on in the next line', () => {
    const first = ansiLine('\u001b[1;31mred', NO_STYLE);
    assert.deepEqual(first.pieces, [{ text: 'red', classes: ['fg-1', 'bold'] }]);
    const second = ansiLine('still\u001b[0m plain', first.style);
    assert.deepEqual(second.pieces, [{ text: 'still', classes: ['fg-1', 'bold'] }, { text: ' plain', classes: [] }]);
    assert.deepEqual(ansiLine('\u001b[95mx\u001b[38;5;9my\u001b[38;2;1;2;3mz', NO_STYLE).pieces.map((p) => p.classes), [['fg-13'], ['fg-9'], []]);
});

test('cursor codes and titles are dropped, other controls shown, markup stays text', () => {
    const line = '\u001b[2J\u001b[10;10H\u001b]0;title\u0007<b>x</b>\u0007\ty';
    assert.deepEqual(ansiLine(line, NO_STYLE).pieces.map((p) => p.text), ['<b>x</b>', '^G', '\ty']);
});

test('output in overlapping pieces is joined by its bytes', () => {
    const log = new LogModel();
    log.append(0, 'größe\nzwei');
    assert.equal(log.append(0, 'größe\n'), false);
    log.append(7, '\nzwei\r\ndrei');
    assert.deepEqual([0, 1, 2].map((i) => log.text(i)), ['größe', 'zwei', 'drei']);
    assert.equal(log.count, 3);
    assert.equal(log.missing, 0);
});

test('a cut start and a gap are told', () => {
    const log = new LogModel();
    log.append(61440, 'a\n');
    log.append(61450, 'b\n');
    assert.equal(log.missing, 61440);
    assert.match([...Array(log.count).keys()].map((i) => log.text(i)).join('\n'), /a\n\n\[… 8 bytes …\]\nb/);
});

test('a line of 200 KB is cut on screen, and says how much', () => {
    const log = new LogModel();
    log.append(0, 'x'.repeat(200000));
    assert.equal(log.pieces(0)[0].text.length, 4000);
    assert.equal(log.over(0), 196000);
});

test('find goes round', () => {
    const log = new LogModel();
    log.append(0, 'one\nTWO\nthree\ntwo\n');
    assert.deepEqual([log.find('two', 0), log.find('two', 2), log.find('two', 4), log.find('two', 0, -1), log.find('x', 0)], [1, 3, 1, 3, -1]);
});

test('a list is its address', () => {
    const state = readList('?q=a%20b&status=failed&sort=-next&page=3&disabled=true');
    assert.deepEqual(readList(listPage(state).slice('/ui/jobs'.length)), state);
    assert.equal(listPage(readList('?status=nonsense&page=-1&sort=evil')), '/ui/jobs');
    assert.equal(listApi(readList('')), '/v1/jobs?_start=0&_end=50&_sort=name&_order=ASC');
    assert.equal(listApi(readList('?page=2&q=%26')), '/v1/jobs?_start=50&_end=100&_sort=name&_order=ASC&q=%26');
});

test('names are encoded in addresses and come back', () => {
    assert.equal(jobApi('a/b ü', 'run'), '/v1/jobs/a%2Fb%20%C3%BC/run');
    assert.deepEqual(readPath(runPage('a/b ü', '17-n')), { page: 'run', job: 'a/b ü', id: '17-n' });
    assert.deepEqual(readPath('/ui/jobs/new'), { page: 'editor' });
    assert.deepEqual(readPath(jobPage('new', '7').split('?')[0]), { page: 'job', job: 'new' });
    assert.deepEqual(readPath(editPage('new')), { page: 'editor', job: 'new' });
    assert.deepEqual(readPath(editPage('a/b ü')), { page: 'editor', job: 'a/b ü' });
    assert.equal(newPage('a b'), '/ui/jobs/new?copy=a%20b');
    assert.deepEqual(readPath('/ui/'), { page: 'overview' });
    assert.deepEqual(readPath('/ui/jobs/'), { page: 'jobs' });
    assert.deepEqual(readPath('/ui/cluster'), { page: 'members' });
});

test('long lists of pages have gaps', () => {
    assert.deepEqual(pageNumbers(1, 1), [1]);
    assert.deepEqual(pageNumbers(5, 25), [1, null, 4, 5, 6, null, 25]);
    assert.deepEqual(pageNumbers(2, 3), [1, 2, 3]);
});
