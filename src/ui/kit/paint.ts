/** Small helpers for canvases: device pixels, theme colours, hatching. */

/** Resolves CSS colours, light-dark() included, as the element sees them. */
export function themeColours<K extends string>(element: HTMLElement, names: readonly K[]): Record<K, string> {
  const probe = document.createElement('span');
  element.parentElement?.append(probe);
  const resolved = Object.fromEntries(names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  })) as Record<K, string>;
  probe.remove();
  return resolved;
}

/** Sizes the canvas for the screen's pixel density and answers a context in CSS pixels, cleared. */
export function sharpContext(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | undefined {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.scale(ratio, ratio);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Diagonal strokes inside a cell: the page's sign for "dropped". */
export function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, colour: string, gap = 3.5): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  // Anchored to the canvas and not to the cell, so that neighbouring cells join into one hatching.
  const first = Math.floor((x + y) / gap) * gap;
  for (let sum = first; sum <= x + y + width + height; sum += gap) {
    context.moveTo(sum - y + 1, y - 1);
    context.lineTo(sum - y - height - 1, y + height + 1);
  }
  context.stroke();
  context.restore();
}
