/** Numbers as people read them, on the page and from commands: three significant digits, units, a real minus sign. */

export function digits(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e6 || size < 1e-4 ? value.toExponential(significant - 1).replace(/\.?0*e\+?/, 'e') : size >= 1000 ? grouped(Math.round(value)) : String(Number(value.toPrecision(significant)));
  return text.replace(/-/g, '−');
}

/** Whole numbers with thin spaces: 131 072. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
}

/** A number beside an axis, where there is little room: 40 000 is 40 k. */
export function axisLabel(value: number): string {
  const size = Math.abs(value);
  return size >= 1e4 && size < 1e6 ? `${digits(value / 1000)} k` : digits(value);
}

/** Keeps trailing zeros, so that a running number does not change its width: 0.310, 12.0. */
export function steady(value: number, significant = 3): string {
  if (!Number.isFinite(value)) return digits(value);
  const size = Math.abs(value);
  if (size < 0.001) return value === 0 ? '0' : value.toExponential(1).replace(/-/g, '−');
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, significant + 1)).replace('-', '−');
}

export function percent(share: number, significant = 3): string {
  return `${digits(share * 100, significant)} %`;
}

/** "40 s", "3 min", "1.5 h". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '';
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 360) / 10} h`;
}

export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = count;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${digits(value)} ${units[unit]}`;
}
