const SVG = 'http://www.w3.org/2000/svg';

/** Drawn here, 16 by 16, as the page may load no font: a shape of its own for each state. */
const shapes: Readonly<Record<string, readonly string[]>> = {
  pass: ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M5 8.2l2.2 2.2l4-4.6'],
  warning: ['M8 2L14.5 13.5H1.5z', 'M8 6.4v3.4', 'M8 11.4v.6'],
  error: [
    'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
    'M5.6 5.6l4.8 4.8',
    'M10.4 5.6l-4.8 4.8',
  ],
  key: ['M10.5 2a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7z', 'M8 8L2 14', 'M4.2 11.8l2 2', 'M2 14h.1'],
  sync: [
    'M13.5 7A5.6 5.6 0 0 0 3.6 4.6L2.4 6',
    'M2.4 2.8V6h3.2',
    'M2.5 9a5.6 5.6 0 0 0 9.9 2.4l1.2-1.4',
    'M13.6 13.2V10h-3.2',
  ],
  watch: ['M8 3a5 5 0 1 1 0 10a5 5 0 1 1 0-10z', 'M8 5.4V8l1.8 1.2', 'M6 1.2h4', 'M6 14.8h4'],
  'circle-slash': ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M3.6 12.4l8.8-8.8'],
  'eye-closed': [
    'M1.5 8C4.2 3.6 11.8 3.6 14.5 8C11.8 12.4 4.2 12.4 1.5 8z',
    'M8 6.2a1.8 1.8 0 1 1 0 3.6a1.8 1.8 0 1 1 0-3.6z',
    'M2.5 2.5l11 11',
  ],
  question: [
    'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z',
    'M6.2 6.4a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.3',
    'M8 11.4v.6',
  ],
  info: ['M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13z', 'M8 7.2v4', 'M8 4.6v.6'],
};

/** A filled pennant on its pole, which stands at the left edge of the icon. */
const FLAG = ['M1 1v14', 'M1 1.5L10 4.5L1 7.5z'];

/** An icon that says nothing by itself to a screen reader: the words beside it do. */
export function icon(name: string): SVGSVGElement {
  return draw(shapes[name] ?? [], 'icon', '0 0 16 16');
}

export function flag(): SVGSVGElement {
  return draw(FLAG, 'flag-shape', '0 0 11 16');
}

function draw(paths: readonly string[], className: string, viewBox: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', className);
  svg.setAttribute('viewBox', viewBox);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
