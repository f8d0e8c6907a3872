// Building of drawings. As with elements, text goes in as text only.

const SVG = 'http://www.w3.org/2000/svg';

/** A part of a drawing. Attributes: `on` (event → listener), anything else as an attribute; null and false leave one out. */
export function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name === 'on') {
            Object.entries(value).forEach(([type, listener]) => node.addEventListener(type, listener));
        } else if (value !== null && value !== undefined && value !== false) {
            node.setAttribute(name, value);
        }
    }
    node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

/** A tip that the browser shows on hovering. */
export function tip(text) {
    return svg('title', {}, text);
}

/**
 * A drawing as wide as its holder: draw(width) is called with the width in pixels, again whenever that changes and when
 * redraw() is called; it returns the drawing's children.
 */
export class Drawing {
    #draw;
    #width = 0;
    #height;

    /** @param label what it shows, for those who do not see it; tells(label) changes it */
    constructor(className, height, draw) {
        this.#draw = draw;
        this.#height = height;
        this.drawing = svg('svg', { class: className, role: 'img', height, width: '100%' });
        this.node = document.createElement('div');
        this.node.className = 'drawing';
        this.node.append(this.drawing);
        new ResizeObserver(([entry]) => {
            const width = Math.floor(entry.contentRect.width);
            if (width !== this.#width) {
                this.#width = width;
                this.redraw();
            }
        }).observe(this.node);
    }

    /** Draws again with what there is now. */
    redraw() {
        if (this.#width > 0) {
            this.drawing.setAttribute('viewBox', `0 0 ${this.#width} ${this.#height}`);
            this.drawing.replaceChildren(...this.#draw(this.#width));
        }
    }

    /** What it shows in words. */
    tells(label) {
        this.drawing.setAttribute('aria-label', label);
    }
}
