// Building of elements. Text goes in as text only; there is no way here to write markup.

import { runs } from './text.js';
import { everyZone, stamp } from './time.js';

/**
 * An element. Attributes: `class`, `on` (event → listener), `prop` (DOM properties), anything else as an attribute;
 * null, undefined and false leave one out, true writes it empty. Children: nodes, strings, lists, nothing.
 */
export function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) {
            continue;
        }
        if (name === 'on') {
            Object.entries(value).forEach(([type, listener]) => node.addEventListener(type, listener));
        } else if (name === 'prop') {
            Object.assign(node, value);
        } else {
            node.setAttribute(name, value === true ? '' : value);
        }
    }
    node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

/** Text that others wrote: kept apart from its surroundings in direction, with hidden characters shown. */
export function bdi(text, attributes = {}) {
    const parts = runs(String(text)).map((run) => (run.hidden ? el('span', { class: 'ctl' }, run.text) : run.text));
    return el('bdi', attributes, parts);
}

/** Text cut at a limit with a button that shows the rest. */
export function longText(text, limit, showAll) {
    if (text.length <= limit) {
        return bdi(text);
    }
    const holder = el('span', {});
    const all = el('button', { type: 'button', class: 'link', on: { click: () => holder.replaceChildren(bdi(text)) } }, showAll);
    holder.append(bdi(text.slice(0, limit)), '\u2026 ', all);
    return holder;
}

/** A time as the viewer's clock has it; other zones on hover. */
export function timeNode(at, jobZone, attributes = {}) {
    return el('time', { datetime: new Date(at).toISOString(), title: everyZone(at, jobZone), ...attributes }, stamp(at, Date.now()));
}

/** Writes text only when it changed, so that nothing is repainted or announced for nothing. */
export function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

/** Replaces the children only when the key changed; the key is a string that says what they show. */
export function setChildren(node, key, build) {
    if (node.dataset.key !== key) {
        node.dataset.key = key;
        node.replaceChildren(...[build()].flat(9));
    }
}

/** Brings a parent's children in step with the wanted nodes without touching those that stay. */
export function setNodes(parent, wanted) {
    const keep = new Set(wanted);
    for (const child of [...parent.childNodes]) {
        if (!keep.has(child)) {
            child.remove();
        }
    }
    wanted.forEach((node, i) => {
        if (parent.childNodes[i] !== node) {
            parent.insertBefore(node, parent.childNodes[i] ?? null);
        }
    });
}
