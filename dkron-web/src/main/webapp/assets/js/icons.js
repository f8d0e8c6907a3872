// Icons, drawn here: strokes on a grid of 16, in the colour of the text beside them.

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
    success: ['M3 8.5 6.5 12 13 4.5'],
    failed: ['M4 4l8 8M12 4l-8 8'],
    partial: ['M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11'],
    running: ['M5 3.2v9.6L12.8 8z'],
    waiting: ['M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11'],
    missed: ['M8 3v6.2M8 12.2v.6'],
    cancelled: ['M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11', 'M4.2 11.8l7.6-7.6'],
    never: ['M5 8h6'],
    disabled: ['M5.5 4v8M10.5 4v8'],
    enable: ['M8 2.2v5.3', 'M4.6 4.4a5 5 0 1 0 6.8 0'],
    run: ['M4.5 2.8v10.4L13 8z'],
    stop: ['M4 4h8v8H4z'],
    trash: ['M2.8 4.5h10.4M6.5 4.5v-2h3v2M4.2 4.5l.7 9h6.2l.7-9M6.7 7v4M9.3 7v4'],
    search: ['M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9M10.4 10.4l3.4 3.4'],
    help: ['M5.6 6a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2 1-1.2 1.9M8 12.6v.4'],
    download: ['M8 2.5v7.2M4.8 6.8 8 10l3.2-3.2M3 13.2h10'],
    back: ['M9.8 3.5 5.3 8l4.5 4.5'],
    forward: ['M6.2 3.5 10.7 8l-4.5 4.5'],
    up: ['M3.5 9.8 8 5.3l4.5 4.5'],
    down: ['M3.5 6.2 8 10.7l4.5-4.5'],
    close: ['M4 4l8 8M12 4l-8 8'],
    copy: ['M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3'],
    leader: ['M8 2.4l1.7 3.5 3.8.5-2.8 2.7.7 3.8L8 11.1l-3.4 1.8.7-3.8L2.5 6.4l3.8-.5z'],
    leave: ['M6.5 2.8h-3.5v10.4h3.5M6.8 8h6.4M10.4 5.2 13.2 8l-2.8 2.8'],
    edit: ['M10.6 3 13 5.4 5.6 12.8 2.8 13.2 3.2 10.4z'],
    add: ['M8 3.2v9.6M3.2 8h9.6'],
    save: ['M3 3h8l2 2v8H3zM5.5 3v3.5h4.5V3M5.5 13V9.5h5V13'],
    show: ['M1.8 8C3.3 5.2 5.5 3.8 8 3.8s4.7 1.4 6.2 4.2c-1.5 2.8-3.7 4.2-6.2 4.2S3.3 10.8 1.8 8', 'M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 1 0 0-3.6'],
    clock: ['M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M8 5v3.2l2.2 1.5'],
};

/** A decorative icon; whatever it says must stand beside it as text or as the label of its button. */
export function icon(name, extraClass = '') {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('class', `icon ${extraClass}`.trim());
    svg.setAttribute('aria-hidden', 'true');
    for (const d of PATHS[name]) {
        const path = document.createElementNS(SVG, 'path');
        path.setAttribute('d', d);
        svg.append(path);
    }
    if (name === 'partial') {
        const half = document.createElementNS(SVG, 'path');
        half.setAttribute('d', 'M8 2.5a5.5 5.5 0 0 1 0 11z');
        half.setAttribute('class', 'filled');
        svg.append(half);
    }
    return svg;
}
