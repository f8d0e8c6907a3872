// The cluster: who is in it, in which state, who leads, and how the servers' Raft group stands.

import { doing } from './actions.js';
import { get, request } from './api.js';
import { cluster, needsLeader } from './cluster.js';
import { confirmAction } from './dialog.js';
import { fact } from './definition-view.js';
import { bdi, el, setChildren, setNodes, setText } from './dom.js';
import { icon } from './icons.js';
import { addressOf, clockOf, isServer, leaveRefusal, promoteRefusal, removeRefusal, rpcOf, shownTags, tolerance, toleranceWords, versionOf } from './member.js';
import { note } from './news.js';
import { Page } from './page.js';
import { readReasons } from './readiness.js';
import { chip, setChip, statusIcon } from './status.js';
import { live } from './stream.js';
import { cut, plain } from './text.js';
import { eachSecond } from './ticker.js';
import { number, say, sayCount } from './words.js';

const COLUMNS = ['name', 'role', 'status', 'address', 'version', 'clock', 'tags', 'actions'];
const PEER_COLUMNS = ['node', 'id', 'address', 'state', 'voter', 'actions'];
const READ_EACH = 5; // seconds: clocks and indexes move without an event
const LONGEST_TAG = 80;

class Members extends Page {
    #members = new Map();
    #peers = new Map();

    prepare() {
        document.addEventListener('dk-cluster', () => this.data && this.#draw());
    }

    async read(signal) {
        const [overview, members, reasons] = await Promise.all([
            get('/v1/overview', { signal }), get('/v1/members', { signal }), readReasons(signal)]);
        const raft = overview.cluster.raft ? await get('/v1/raft', { signal }) : null;
        return { overview, members, reasons, raft };
    }

    show(data) {
        this.data = data;
        if (!this.table) {
            this.#build();
            let seconds = 0;
            eachSecond(() => ++seconds % READ_EACH === 0 && live.state.kind === 'live' && this.reloadSoon(0));
        }
        this.#draw();
    }

    events(list) {
        if (list.some(({ type }) => type === 'member' || type === 'cluster')) {
            this.reloadSoon(1000);
        }
    }

    #build() {
        this.line = el('p', { class: 'state-line' });
        this.tbody = el('tbody', { role: 'rowgroup' });
        this.table = table('members', say('members.list'), COLUMNS, 'members.column', this.tbody);
        this.count = el('span', { class: 'count muted' });
        this.alone = el('div', { class: 'hint' });
        this.raftNote = el('span', { class: 'count muted' });
        this.raftTerm = el('p', { class: 'muted raft-term' });
        this.peerBody = el('tbody', { role: 'rowgroup' });
        this.peerTable = table('peers', say('raft.title'), PEER_COLUMNS, 'raft.column', this.peerBody);
        this.noRaft = el('p', { class: 'none muted' });
        this.howToLeave = el('p', { class: 'muted small-print' }, say('members.leave.others'));
        this.store = el('dl', { class: 'run-facts store-facts' });
        this.storeChip = el('span', { class: 'count' });
        this.body.append(this.line,
            panel('h-store', say('store.title'), this.storeChip, this.store),
            panel('h-members', say('members.list'), this.count, this.table, this.howToLeave, this.alone),
            panel('h-raft', say('raft.title'), this.raftNote, this.raftTerm, this.peerTable, this.noRaft));
    }

    #draw() {
        const { overview, members, reasons, raft } = this.data;
        const state = { ...overview.cluster, leader: cluster.leader ?? overview.cluster.leader };
        this.#state(state, overview.members);
        setText(this.count, sayCount('overview.members', overview.members.alive, number(overview.members.total)));
        this.#members = rows(this.#members, members, (member) => member.Name, () => new MemberRow(this), (row, member) => row.update(member, state, leaveRefusal(members)));
        setNodes(this.tbody, [...this.#members.values()].map((row) => row.node));
        setChildren(this.alone, String(members.length), () => (members.length > 1 ? [] : aloneHint(members[0])));
        this.alone.hidden = members.length > 1;
        this.howToLeave.hidden = members.length < 2;
        this.#store(state, reasons, raft);
        this.#raft(raft, state);
    }

    #store(state, reasons, raft) {
        const ok = state.store_status === 'ok' && reasons?.length === 0;
        setChildren(this.storeChip, String(ok), () => el('span', { class: `chip is-${ok ? 'success' : 'failed'}` }, statusIcon(ok ? 'success' : 'failed'), say(ok ? 'store.ready' : 'store.notReady')));
        setChildren(this.store, JSON.stringify([state.store, state.store_status, state.leader, state.term, reasons, raft?.commit]), () => [
            fact(say('store.backend'), bdi(state.store, { class: 'strong' })),
            fact(say('store.answers'), say(state.store_status === 'ok' ? 'store.ok' : 'store.away')),
            fact(say('store.leader'), state.leader ? bdi(state.leader) : say('live.leaderless'), el('span', { class: 'muted' }, ` ${say('overview.term', state.term)}`)),
            raft ? fact(say('store.commit'), number(Number(raft.commit))) : null,
            reasons?.length ? fact(say('store.why'), reasons.map((reason) => el('span', { class: 'below-line' }, bdi(reason)))) : null,
        ].filter(Boolean));
    }

    #state(state, members) {
        const well = state.leader !== '' && state.store_status === 'ok' && !members.failed;
        const parts = [
            state.leader ? [say('overview.leader'), ' ', bdi(state.leader, { class: 'strong' }), ` ${say('overview.term', state.term)}`] : say('live.leaderless'),
            [say('overview.node'), ' ', bdi(state.node, { class: 'strong' })],
            [say('overview.store'), ' ', bdi(state.store, { class: 'strong' }), state.store_status === 'ok' ? '' : ` ${say('overview.store.away')}`],
            sayCount('members.servers', members.servers),
        ];
        setChildren(this.line, JSON.stringify([state, members]), () => [
            el('span', { class: `chip is-${well ? 'success' : 'failed'}` }, statusIcon(well ? 'success' : 'failed'), say(well ? 'overview.well' : 'overview.unwell')),
            parts.map((part) => el('span', { class: 'state-part' }, part)),
        ].flat());
    }

    #raft(raft, state) {
        const has = raft !== null;
        this.peerTable.hidden = !has;
        this.raftTerm.hidden = !has;
        this.noRaft.hidden = has;
        if (!has) {
            setText(this.raftNote, '');
            setText(this.noRaft, say(state.store === 'embedded' ? 'raft.sole' : 'raft.external', plain(state.store)));
            return;
        }
        setText(this.raftNote, toleranceWords(raft));
        this.raftNote.classList.toggle('strong', tolerance(raft).spare < 0);
        setText(this.raftTerm, say('raft.term', number(Number(raft.term)), number(Number(raft.commit))));
        this.#peers = rows(this.#peers, raft.peers, (peer) => peer.id, () => new PeerRow(this), (row, peer) => row.update(peer, raft));
        setNodes(this.peerBody, [...this.#peers.values()].map((row) => row.node));
    }

    /** Asks first, if there is something to ask; then sends it, tells how it went, and reads again. */
    async act({ button, name, ask, method, url, done, failed }) {
        if (ask && !(await confirmAction(ask))) {
            return;
        }
        const answer = await doing(button, failed, name, () => request(url, { method }));
        if (answer) {
            note('done', el('p', {}, sentence(done, name)));
        }
        this.reload();
    }
}

/** A member in the list; its nodes stay while its values change. */
class MemberRow {
    constructor(page) {
        this.page = page;
        this.chip = chip('');
        this.cells = Object.fromEntries(COLUMNS.map((name) => [name, el('td', { role: 'cell', class: `c-${name}` })]));
        this.cells.status.append(this.chip);
        this.cells.clock.dataset.label = say('members.column.clock');
        this.node = el('tr', { role: 'row' }, Object.values(this.cells));
    }

    update(member, state, refusal) {
        const { cells } = this;
        const status = member.statusText;
        const leads = member.Name === state.leader;
        const here = member.Name === state.node;
        setChip(this.chip, status);
        setChildren(cells.name, JSON.stringify([member.Name, leads, here]), () => [
            bdi(member.Name, { class: 'strong' }),
            leads ? el('span', { class: 'badge' }, icon('leader'), say('members.leads')) : null,
            here ? el('span', { class: 'muted below' }, say('members.here')) : null,
        ].filter(Boolean));
        setText(cells.role, say(isServer(member) ? 'members.server' : 'members.agent'));
        const rpc = rpcOf(member);
        setChildren(cells.address, addressOf(member) + rpc, () => [
            bdi(addressOf(member), { class: 'mono' }), rpc ? el('span', { class: 'muted below' }, 'RPC ', bdi(rpc)) : null].filter(Boolean));
        setChildren(cells.version, versionOf(member), () => bdi(versionOf(member)));
        this.#clock(state.clock_offsets?.[member.Name], here);
        setChildren(cells.tags, JSON.stringify(member.Tags), () => shownTags(member).map(([key, value]) =>
            el('span', { class: 'pair mono', title: plain(`${key}=${value}`) }, bdi(cut(`${key}=${value}`, LONGEST_TAG)))));
        setChildren(cells.actions, `${status} ${here} ${leads} ${refusal}`, () => this.#actions(member, status, here, refusal));
    }

    #clock(seconds, here) {
        const clock = clockOf(seconds);
        const cell = this.cells.clock;
        setText(cell, here ? say('members.clock.here') : clock ? clock.text : '\u2013');
        cell.classList.toggle('is-off', !here && Boolean(clock?.off));
        cell.title = here ? '' : say(!clock ? 'members.clock.unknown' : clock.off ? 'members.clock.off' : 'members.clock.what');
    }

    #actions(member, status, here, refusal) {
        const name = member.Name;
        if (status === 'failed') {
            return button('trash', 'members.forget', name, (node) => this.page.act({
                button: node, name, method: 'DELETE', url: `/v1/members/${encodeURIComponent(name)}`,
                ask: { title: sentence('members.forget.title', name), effect: say(isServer(member) ? 'members.forget.server' : 'members.forget.agent'), go: say('members.forget.go') },
                done: 'members.forget.done', failed: 'members.forget.failed',
            }));
        }
        const leave = here && status === 'alive' ? button('leave', 'members.leave', name, (node) => this.page.act({
            button: node, name, method: 'POST', url: '/v1/leave',
            ask: { title: sentence('members.leave.title', name), effect: say('members.leave.effect'), go: say('members.leave.go') },
            done: 'members.leave.done', failed: 'members.leave.failed',
        })) : null;
        return leave === null ? [] : refused(leave, refusal);
    }
}

/** A server of the Raft group. */
class PeerRow {
    constructor(page) {
        this.page = page;
        this.chip = chip('');
        this.cells = Object.fromEntries(PEER_COLUMNS.map((name) => [name, el('td', { role: 'cell', class: `c-${name}` })]));
        this.cells.state.append(this.chip);
        this.cells.voter.dataset.label = say('raft.column.voter');
        this.node = el('tr', { role: 'row' }, Object.values(this.cells));
    }

    update(peer, raft) {
        const { cells } = this;
        setChip(this.chip, peer.state);
        setChildren(cells.node, peer.node, () => (peer.node ? bdi(peer.node, { class: 'strong' }) : el('span', { class: 'muted' }, say('raft.unknown'))));
        setChildren(cells.id, peer.id, () => bdi(peer.id, { class: 'mono' }));
        setChildren(cells.address, peer.address, () => bdi(peer.address, { class: 'mono' }));
        setText(cells.voter, say(peer.voter ? 'raft.voter.yes' : 'raft.voter.no'));
        cells.voter.title = peer.voter ? '' : say('raft.voter.why');
        setChildren(cells.actions, JSON.stringify([peer, tolerance(raft).spare]), () => this.#actions(peer, raft));
    }

    #actions(peer, raft) {
        const name = peer.node || peer.id;
        const url = `/v1/raft/${encodeURIComponent(peer.id)}`;
        if (peer.state === 'failed' || !peer.node) {
            return refused(button('trash', 'raft.remove', name, (node) => this.page.act({
                button: node, name, method: 'DELETE', url,
                ask: { title: sentence('raft.remove.title', name), effect: say('raft.remove.effect'), go: say('raft.remove.go') },
                done: 'raft.remove.done', failed: 'raft.remove.failed',
            })), removeRefusal(raft), needsLeader);
        }
        return peer.state === 'follower' ? refused(button('leader', 'raft.promote', name, (node) => this.page.act({
            button: node, name, method: 'POST', url: `${url}/promote`,
            ask: { title: sentence('raft.promote.title', name), effect: say('raft.promote.effect'), go: say('raft.promote.go') },
            done: 'raft.promote.done', failed: 'raft.promote.failed',
        })), promoteRefusal(peer, raft), needsLeader) : [];
    }
}

let reasons = 0;

/** A button as it is, or, where the server would refuse, one that does nothing beside the reason. */
function refused(node, reason, otherwise = (same) => same) {
    if (reason === '') {
        return otherwise(node);
    }
    const id = `why-${++reasons}`;
    node.disabled = true;
    node.setAttribute('aria-describedby', id);
    return [node, el('span', { class: 'muted below why', id }, reason)];
}

function button(iconName, words, name, click) {
    return el('button', {
        type: 'button', class: 'button small', 'aria-label': say(`${words}.label`, plain(name)), on: { click: (event) => click(event.currentTarget) },
    }, icon(iconName), el('span', {}, say(words)));
}

/** A sentence with a name in it, the name kept apart. */
function sentence(key, name) {
    const [before, after = ''] = say(key).split('{0}');
    return [before, bdi(name, { class: 'strong' }), after];
}

function table(kind, label, columns, words, tbody) {
    const heads = columns.map((name) => el('th', { scope: 'col', role: 'columnheader', class: `c-${name}` },
        el('span', { class: name === 'actions' ? 'hidden' : '' }, say(`${words}.${name}`))));
    return el('table', { class: `cards ${kind}`, role: 'table', 'aria-label': label }, el('thead', { role: 'rowgroup' }, el('tr', { role: 'row' }, heads)), tbody);
}

function panel(id, title, count, ...content) {
    return el('section', { class: 'panel', 'aria-labelledby': id },
        el('div', { class: 'panel-head' }, el('h2', { id }, title), count), content);
}

/** Keeps the rows of what is still there, makes those of what is new, and updates all. */
function rows(known, items, keyOf, make, update) {
    const kept = new Map();
    for (const item of items) {
        const row = known.get(keyOf(item)) ?? make();
        update(row, item);
        kept.set(keyOf(item), row);
    }
    return kept;
}

function aloneHint(member) {
    const line = `dkron agent --server --join ${member ? addressOf(member) : 'ADDRESS'}`;
    return [el('p', { class: 'muted' }, say('members.alone')), el('div', { class: 'curl' }, el('code', { tabindex: '0' }, line))];
}

customElements.define('dk-members', Members);
