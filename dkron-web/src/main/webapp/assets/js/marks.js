// What a result looks like in a drawing: colour, and height and shape beside it, as in the cells of the lists.

import { lookOf } from './status.js';
import { svg } from './svg.js';

const LEAST_NOTCHED = 8; // pixels; in less a notch is a blur
const HEIGHT = { success: 0.6, cancelled: 0.6, missed: 0.3, never: 0.2 };

/** The part of the full height that a result takes, where height does not mean a number. */
export function markHeight(status) {
    return HEIGHT[lookOf(status)] ?? 1;
}

/** A bar that stands on the base line; attributes go to it. */
export function bar(status, left, base, width, height, attributes = {}, ...children) {
    const look = lookOf(status);
    const top = base - height;
    const shape = { ...attributes, class: `result is-${look} ${attributes.class ?? ''}`.trim() };
    if (look === 'failed') {
        const notch = height < LEAST_NOTCHED ? 0 : Math.min(height * 0.3, width * 0.6);
        return svg('path', { ...shape, d: `M${left} ${top}l${width / 2} ${notch}l${width / 2} ${-notch}V${base}H${left}z` }, children);
    }
    if (look === 'partial') {
        return svg('g', shape, children,
            svg('rect', { x: left, y: top, width, height: height / 2 }),
            svg('rect', { class: 'hollow', x: left + 0.75, y: top + height / 2, width: Math.max(1, width - 1.5), height: Math.max(0, height / 2 - 0.75) }));
    }
    const hollow = ['running', 'waiting', 'missed', 'cancelled'].includes(look);
    const inset = hollow ? 0.75 : 0;
    return svg('rect', {
        ...shape, class: `${shape.class}${hollow ? ' hollow' : ''}`,
        x: left + inset, y: top + inset, width: Math.max(1, width - 2 * inset), height: Math.max(1, height - 2 * inset), rx: 1,
    }, children);
}
