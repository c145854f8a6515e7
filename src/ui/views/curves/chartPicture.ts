/** A chart as a picture that stands alone: as the page draws it, with its title, its legend and the settings of the run. SVG, or the same as PNG. */

export interface LegendItem {
  label: string;
  /** A CSS colour, variables included. */
  colour: string;
  /** Width of the line and its dashes, as the chart has them; a swatch without. */
  line?: { width: number; dashes?: string };
}

export interface Caption {
  title: string;
  legend: readonly LegendItem[];
  /** What was run, a line each; long ones are broken. */
  settings: readonly string[];
}

const NAMESPACE = 'http://www.w3.org/2000/svg';
const PROPERTIES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linecap', 'stroke-linejoin', 'opacity', 'font-size', 'font-family', 'font-weight', 'text-anchor'] as const;
const MARGIN = 12;
const LINE = 16;
const SMALL = 11;
/** Width of a letter, beside its height, on the safe side. */
const LETTER = 0.56;

function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** The drawing with every style that the page's rules gave it, so that it needs none. */
function withStyles(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll('*');
  drawing.querySelectorAll('*').forEach((original, index) => {
    const style = getComputedStyle(original);
    for (const name of PROPERTIES) copies[index].setAttribute(name, style.getPropertyValue(name));
    for (const name of ['class', 'style']) copies[index].removeAttribute(name);
  });
  return copy;
}

/** Pieces of at most `most` letters, broken where there is a space or an ampersand. */
export function broken(text: string, most: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const place = Math.max(rest.lastIndexOf(' ', most), rest.lastIndexOf('&', most - 1) + 1);
    const at = place > most / 2 ? place : most;
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}

/** A picture that stands alone, with its size in pixels of the page. */
export interface MadePicture { text: string; width: number; height: number }

export function chartSvg(drawing: SVGSVGElement, { title, legend, settings }: Caption): MadePicture {
  const { width: drawn, height: tall } = drawing.getBoundingClientRect();
  const page = getComputedStyle(document.body);
  const probe = document.body.appendChild(document.createElement('span'));
  const colourOf = (colour: string) => {
    probe.style.color = colour;
    return getComputedStyle(probe).color;
  };
  const [ink, muted, paper] = ['var(--ink)', 'var(--muted)', 'var(--surface)'].map(colourOf);
  const width = drawn + 2 * MARGIN;
  const font = page.fontFamily;
  const above: SVGElement[] = [element('text', { x: MARGIN, y: MARGIN + 14, fill: ink, 'font-size': 15, 'font-weight': 600, 'font-family': font }, title)];
  let [x, y] = [MARGIN, MARGIN + 14 + LINE + 4];
  for (const { label, colour, line } of legend) {
    const wide = 28 + label.length * SMALL * LETTER + 14;
    if (x > MARGIN && x + wide > width) [x, y] = [MARGIN, y + LINE];
    const stroke = colourOf(colour);
    above.push(line
      ? element('path', { d: `M${x} ${y - 4}h22`, stroke, 'stroke-width': line.width, fill: 'none', ...(line.dashes && { 'stroke-dasharray': line.dashes }) })
      : element('rect', { x: x + 6, y: y - 9, width: 10, height: 10, rx: 2, fill: stroke }));
    above.push(element('text', { x: x + 28, y, fill: ink, 'font-size': SMALL, 'font-family': font }, label));
    x += wide;
  }
  probe.remove();
  const top = y + 8;
  const lines = settings.flatMap((line) => broken(line, Math.floor(drawn / (SMALL * LETTER))));
  const height = top + tall + lines.length * LINE + MARGIN;
  const copy = withStyles(drawing);
  for (const [key, value] of Object.entries({ x: MARGIN, y: top, width: drawn, height: tall })) copy.setAttribute(key, String(value));
  const below = lines.map((line, index) => element('text', { x: MARGIN, y: top + tall + (index + 1) * LINE, fill: muted, 'font-size': SMALL, 'font-family': font }, line));
  const whole = element('svg', { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}` });
  whole.append(element('title', {}, title), element('rect', { width, height, fill: paper }), ...above, copy, ...below);
  return { text: new XMLSerializer().serializeToString(whole), width, height };
}

/** Pixels of the picture for each of the page's. */
const SCALE = 2;

/** @throws where the browser makes no picture of it */
export async function chartPng({ text, width, height }: MadePicture): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => { canvas.toBlob((made) => (made ? resolve(made) : reject(new Error('no picture came of it')))); });
  } finally {
    URL.revokeObjectURL(url);
  }
}
