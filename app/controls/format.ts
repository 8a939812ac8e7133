/** How numbers are written on the page. Readings are plain digits; other text may group thousands and name units. */

/** What stands where there is no number yet. */
export const NO_NUMBER = '–';

const formats = new Map<string, Intl.NumberFormat>();

function format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat('en', options);
  formats.set(key, made);
  return made;
}

/**
 * A number in plain digits: no exponent, no grouping, a fixed count of significant digits so that a reading that
 * changes ten times a second keeps its width; from `10^digits` up, an integer. `–` where there is no finite number.
 */
export function plainNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_NUMBER;
  if (Number.isInteger(value)) return format({ useGrouping: false }).format(value);
  if (Math.abs(value) >= 10 ** (digits - 1)) {
    return format({ useGrouping: false, maximumFractionDigits: 0 }).format(value);
  }
  return format({
    useGrouping: false,
    minimumSignificantDigits: digits,
    maximumSignificantDigits: digits,
  }).format(value);
}

/** As `plainNumber`, but in powers of ten, such as `2.5e26`, where the digits would take more room than a table has. */
export function shortNumber(value: number | null | undefined, digits = 3): string {
  const size = Math.abs(value ?? 0);
  if (!Number.isFinite(size) || size === 0 || (size >= 1e-5 && size < 1e6)) return plainNumber(value, digits);
  return withMinus(value!.toExponential(digits - 2).replace('e+', 'e'));
}

/** A number as it is printed, with a minus sign in place of the hyphen of programs. */
export function withMinus(number: string): string {
  return number.replaceAll('-', '−');
}

/** A count for reading, such as `1,500`. */
export function count(value: number): string {
  return format({ maximumFractionDigits: 0 }).format(value);
}

/** A setting's value, with as many digits as it has up to `digits`: `0.001`, `20`, `1.5`. */
export function settingNumber(value: number, digits = 3): string {
  return format({ useGrouping: false, maximumSignificantDigits: digits }).format(value);
}

/** A stretch of time for reading: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) {
    const rest = whole % 60;
    return rest === 0 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size for reading, in powers of 1,024: `812 bytes`, `41 KB`, `1.2 MB`. */
export function byteSize(bytes: number): string {
  const units = ['KB', 'MB', 'GB'];
  if (bytes < 1024) return `${bytes} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${settingNumber(bytes / 1024 ** power, bytes / 1024 ** power < 10 ? 2 : 3)} ${units[power - 1]}`;
}
