import { describe, expect, it, vi } from 'vitest';
import { ImportError } from '../../../app/data/errors.ts';
import { importSeries } from '../../../app/data/import.ts';
import { pcg4d } from '../../../app/data/random.ts';
import { prepareSeries } from '../../../app/data/prepare.ts';
import type { ImportChoices } from '../../../app/data/types.ts';

vi.setConfig({ testTimeout: 30_000 });

/** A digit that varies from row to row and is no count. */
const digit = (index: number) => (index * index) % 7;
const rows = (write: (index: number) => string, count = 20) =>
  Array.from({ length: count }, (_, row) => write(row));
const lines = (...parts: (string | string[])[]) => parts.flat().join('\n');
const numbers = (count = 20) => Array.from({ length: count }, (_, index) => digit(index));

const read = (content: string | Blob, choices: ImportChoices = {}) =>
  importSeries('my.csv', content, choices);

async function refusal(content: string | Blob, choices: ImportChoices = {}): Promise<ImportError> {
  const error = await read(content, choices).catch((error: unknown) => error);
  if (error instanceof ImportError) return error;
  throw new Error(`It was not refused: ${JSON.stringify(error)}`);
}

async function problem(content: string, choices: ImportChoices = {}): Promise<string> {
  const { report, values } = await read(content, choices);
  expect(values).toHaveLength(0);
  expect(report.outline).toBeUndefined();
  return report.problem ?? 'none';
}

describe('delimiters and headers', () => {
  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['space', ' '],
    ['several spaces', '   '],
  ])('%s, with a header', async (_, delimiter) => {
    const text = lines(
      `index${delimiter}level`,
      rows((row) => `${row}${delimiter}${digit(row)}.5`),
    );
    const { report, values } = await read(text);
    expect(report.choices).toMatchObject({ header: true, column: 1, decimal: 'point' });
    expect(report.columns.map(({ name }) => name)).toEqual(['index', 'level']);
    expect(report.rows).toBe(20);
    expect([...values]).toEqual(numbers().map((value) => value + 0.5));
  });

  it('without a header', async () => {
    const { report, values } = await read(lines(rows((row) => `${row},${digit(row)}.5`)));
    expect(report.choices.header).toBe(false);
    expect(report.columns.map(({ name }) => name)).toEqual(['Column 1', 'Column 2']);
    expect(values).toHaveLength(20);
  });

  it('obeys the reader about the header', async () => {
    const text = lines(rows((row) => `${digit(row)}.5`));
    expect((await read(text, { header: true })).values).toHaveLength(19);
    const headed = lines(
      'level',
      rows((row) => `${digit(row)}.5`),
    );
    expect(await problem(headed, { header: false })).toContain('“level”');
    expect((await read(headed, { header: false, unreadable: 'missing' })).values).toHaveLength(21);
  });

  it('a single column, with spaces around and carriage returns', async () => {
    const { values } = await read(`level\r\n${rows((row) => ` ${digit(row)}.5 `).join('\r\n')}\r\n`);
    expect([...values]).toEqual(numbers().map((value) => value + 0.5));
  });

  it('line ends of old: carriage returns alone', async () => {
    expect((await read(rows((row) => `a,${digit(row)}`).join('\r'))).values).toHaveLength(20);
  });

  it.each(['1, 2, 4, 2, 2, 4, 1, 0, 1, 4, 2', '1 2 4 2 2 4 1 0 1 4 2', '1;2;4;2;2;4;1;0;1;4;2\n'])(
    'one row of numbers as one series: %j',
    async (text) => {
      const { report, values } = await read(text);
      expect([...values]).toEqual([1, 2, 4, 2, 2, 4, 1, 0, 1, 4, 2]);
      expect(report.notices.join()).toContain('one series');
    },
  );

  it('one long row, over several pieces', async () => {
    const { values } = await read(numbers(140_000).join(', '));
    expect(values).toEqual(Float64Array.from(numbers(140_000)));
  });

  it('leaves out titles and comments before the table', async () => {
    const text = lines(
      'Level of the lake',
      '',
      '# metres',
      'day,level',
      rows((row) => `${row},${digit(row)}`),
    );
    const { report, values } = await read(text);
    expect(report.columns[1]!.name).toBe('level');
    expect(values).toHaveLength(20);
    expect(report.notices.join()).toContain('2 rows, beginning “Level of the lake”');
  });

  it('quotes, with delimiters, quotation marks and line ends inside; lines are counted right', async () => {
    const text = lines(
      'name,level',
      '"Lake, upper",1',
      '"the ""old""',
      ' one",2',
      rows((row) => `x,${digit(row)}`),
      'y,oops',
    );
    expect(await problem(text)).toContain('Line 25 has “oops”');
    const { report, values } = await read(text, { unreadable: 'missing' });
    expect(report.columns[0]!.examples[0]).toBe('Lake, upper');
    expect(report.columns[0]!.examples[1]).toContain('"old"');
    expect(Array.from(values.subarray(0, 3))).toEqual([1, 2, 0]);
  });
});

describe('decimal marks', () => {
  it('decimal commas between semicolons', async () => {
    const { report, values } = await read(
      lines(
        't;level',
        rows((row) => `${row};${digit(row)},25`),
      ),
    );
    expect(report.choices.decimal).toBe('comma');
    expect([...values]).toEqual(numbers().map((value) => value + 0.25));
  });

  it.each([
    [
      'with a header',
      lines(
        'level',
        rows((row) => `${digit(row)},5`),
      ),
    ],
    ['without', lines(rows((row) => `${digit(row)},5`))],
  ])('a single column of decimal commas, %s', async (_, text) => {
    const { report, values } = await read(text);
    expect(report.columns).toHaveLength(1);
    expect([...values]).toEqual(numbers().map((value) => value + 0.5));
    expect(report.notices.join()).toContain('decimal comma');
    expect((await read(text, { decimal: 'point' })).report.columns).toHaveLength(2);
  });

  it('two columns of whole numbers stay two where the first one counts or there are two names', async () => {
    expect((await read(lines(rows((row) => `${row},${digit(row)}`)))).report.columns).toHaveLength(2);
    expect(
      (
        await read(
          lines(
            'a,b',
            rows((row) => `${digit(row)},${row % 3}`),
          ),
        )
      ).report.columns,
    ).toHaveLength(2);
  });

  it.each([
    ['point', '1,234,567.5'],
    ['point', "1'234'567.5"],
    ['point', '1 234 567.5'],
    ['comma', '1.234.567,5'],
    ['comma', '1\u202f234\u202f567,5'],
  ])('thousands separators with a decimal %s: %s', async (mark, written) => {
    const { report, values } = await read(
      lines(
        'a;level',
        rows((row) => `${row};${row === 3 ? written : digit(row)}`),
      ),
    );
    expect(report.choices.decimal).toBe(mark);
    expect(values[3]).toBe(1_234_567.5);
    expect(report.notices.join()).toContain('thousands separators');
  });

  it('says how it read marks that could be either, and obeys the reader', async () => {
    const text = lines(
      'a;level',
      rows((row) => `x;${1 + digit(row)},${234 + row}`),
    );
    const asFound = await read(text);
    expect(asFound.values[0]).toBe(1.234);
    expect(asFound.report.notices.join()).toContain('Choose the decimal point if it parts thousands');
    expect((await read(text, { decimal: 'point' })).values[0]).toBe(1234);
    const quoted = lines(
      'a,level',
      rows((row) => `x,"${1 + digit(row)},${234 + row}"`),
    );
    expect((await read(quoted)).values[0]).toBe(1234);
    expect(
      (
        await read(
          lines(
            'level',
            rows((row) => `-${1 + digit(row)}.${234 + row}`),
          ),
        )
      ).values[0],
    ).toBe(-1.234);
  });

  it.each([
    ['2.5', '3,5'],
    ['2,5', '3.5'],
    ['1.234', '2,345'],
    ['-1.234', '-2,345'],
  ])('refuses %s beside %s, naming both, their lines and what to do', async (first, second) => {
    const text = lines(
      'level',
      first,
      rows((row) => String(digit(row))),
      second,
    );
    const message = await problem(text);
    expect(message).toContain(`${first} in line 2`);
    expect(message).toContain(`${second} in line 23`);
    expect(message).toMatch(/Choose which of them is the decimal mark/);
  });

  it.each([0.2, 0.5, 0.8])('refuses a single column in which %d of the values have commas', async (share) => {
    const text = lines(
      rows((row) => `${digit(row)}${(row * 7) % 60 < 60 * share ? ',' : '.'}${row + 10}`, 60),
    );
    const message = await problem(text);
    expect(message).toMatch(/mixes decimal marks/);
    const { report } = await read(text, { decimal: 'point', unreadable: 'missing' });
    expect(report.columns).toHaveLength(1);
    expect(report.notices).toHaveLength(1);
    expect(report.notices[0]).toContain(`${60 * share} values that cannot be read`);
  });

  it('after the choice refuses what has the other mark, or counts it as missing', async () => {
    const text = lines(
      'level',
      '2.5',
      rows((row) => String(digit(row))),
      '3,5',
    );
    expect(await problem(text, { decimal: 'point' })).toMatch(
      /Line 23 has “3,5”.*decimal point.*1 of its 22/,
    );
    const { report, values } = await read(text, { decimal: 'comma', unreadable: 'missing' });
    expect(values[0]).toBeNaN();
    expect(values[21]).toBe(3.5);
    expect(report.notices.join()).toContain('“2.5” in line 2');
  });

  it('reads signs, exponents, bare points and minus signs', async () => {
    const text = lines('+1', '-2.5', '−3', '1e-3', '2.5E+2', '.5', '7.', numbers().map(String));
    expect(Array.from((await read(text)).values.subarray(0, 7))).toEqual([1, -2.5, -3, 0.001, 250, 0.5, 7]);
  });
});

describe('tables written in any way', () => {
  const ways = [',', ';', '\t', ' '].flatMap((delimiter) =>
    ['.', ','].flatMap((mark) => [true, false].map((header) => ({ delimiter, mark, header }))),
  );

  it.each(ways)('are read back: %j', async ({ delimiter, mark, header }) => {
    for (let seed = 0; seed < 5; seed++) {
      const values = Array.from({ length: 60 }, (_, row) => pcg4d([row, seed, 0, 0])[0] / 2 ** 20 - 2048);
      const quoted = (field: string) => (field.includes(delimiter) ? `"${field}"` : field);
      const body = values.map((value, row) =>
        [
          `2021-03-${String(1 + (row % 28)).padStart(2, '0')}`,
          String(row),
          quoted(String(value).replace('.', mark)),
        ].join(delimiter),
      );
      const text = lines(header ? ['when', 'count', 'level'].join(delimiter) : [], body);
      const { report, values: found } = await read(text);
      expect(report.choices).toMatchObject({ column: 2, header });
      expect(Array.from(found)).toEqual(values);
    }
  });
});

describe('missing values', () => {
  const marks = ['', 'NA', 'NaN', 'null', '-', '?', 'N/A', 'nan', 'NULL'];

  it('knows them all, counts them and says where the first is', async () => {
    const text = lines(
      't,level',
      rows((row) => `${row},${digit(row)}`),
      marks.map((mark, index) => `${20 + index},${mark}`),
    );
    const { report, values } = await read(text);
    expect(values).toHaveLength(29);
    expect(values.subarray(20).every(Number.isNaN)).toBe(true);
    expect(report.columns[1]).toMatchObject({ numbers: 20, missing: 9 });
    expect(report.notices.join()).toContain('9 of 29 values are missing, the first in line 22; windows');
  });

  it.each([
    ['interpolate', 'a straight line'],
    ['previous', 'the value before'],
  ] as const)('says what %s does', async (missing, words) => {
    const { report } = await read(
      lines(
        'level',
        rows((row) => (row === 5 ? 'NA' : String(digit(row)))),
      ),
      { missing },
    );
    expect(report.notices.join()).toContain(words);
    expect(report.choices.missing).toBe(missing);
  });

  it('a blank line within a single column is one, at its end it is not', async () => {
    const { values } = await read(`${lines('level', numbers().map(String), '', '3')}\n\n\n`);
    expect(values).toHaveLength(22);
    expect(values[20]).toBeNaN();
  });

  it('a blank line between rows of several fields is left out, and told', async () => {
    const { report, values } = await read(
      lines(
        'a;b',
        rows((row) => `${row};${digit(row)}`),
        '',
        '20;3',
        '',
      ),
    );
    expect(values).toHaveLength(21);
    expect(report.notices.join()).toContain('Left out as blank: 1 row.');
  });

  it('rows that are too short or too long are told', async () => {
    const { report, values } = await read(
      lines(
        'a,b',
        rows((row) => `x,${digit(row)}`),
        'x',
        'x,2,3',
      ),
    );
    expect(values[20]).toBeNaN();
    expect(values[21]).toBe(2);
    expect(report.notices.join()).toContain('2 rows, the first in line 22 with 1');
  });
});

describe('columns', () => {
  const table = lines(
    'date,open,volume,city',
    rows((row) => `2020-02-${10 + row},${digit(row)}.5,${row * 7},Rome`),
  );

  it('are told apart: numbers, dates, text, empty', async () => {
    const text = lines(
      'date,open,city,none',
      rows((row) => `2020-02-${10 + row},${digit(row)}.5,Rome,`),
    );
    const { report } = await read(text);
    expect(report.columns.map(({ kind }) => kind)).toEqual(['dates', 'numbers', 'text', 'empty']);
    expect(report.notices.join()).toContain('“date” holds dates');
  });

  it('the first that varies and is no count is taken', async () => {
    const text = lines(
      'year,always,level',
      rows((row) => `${1900 + row},3,${digit(row)}`),
    );
    expect((await read(text)).report.choices.column).toBe(2);
  });

  it('another one can be chosen without anything else', async () => {
    expect(Array.from((await read(table, { column: 2 })).values.subarray(0, 3))).toEqual([0, 7, 14]);
  });

  it('a date or text chosen as the series: says so', async () => {
    expect(await problem(table, { column: 0 })).toMatch(
      /No value of the column “date”.*line 2 has “2020-02-10”/,
    );
    expect(await problem(table, { column: 3 })).toMatch(/No value of the column “city”.*“Rome”/);
  });

  it.each([4, -1, 0.5])('column %d does not exist', async (column) => {
    const error = await refusal(table, { column });
    expect(error.field).toBe('column');
    expect(error.message).toContain('4 columns');
  });

  it.each([
    '2020-01-02',
    '02.01.2020',
    '1/2/2020',
    '2020-01-02T03:04:05Z',
    '2 Jan 2020',
    'Jan 2020',
    '12:30',
  ])('%s is a date', async (date) => {
    const { report } = await read(
      lines(
        'when;level',
        rows((row) => `${date};${digit(row)}`),
      ),
    );
    expect(report.columns[0]!.kind).toBe('dates');
  });

  it.each([
    ['2020-01-', ''],
    ['', '.01.2020'],
  ])('a table that begins with its newest row is turned round (%s%s)', async (before, after) => {
    const text = lines(
      'when;level',
      rows((row) => `${before}${String(28 - row).padStart(2, '0')}${after};${digit(row)}`),
    );
    const { report, values } = await read(text);
    expect([...values]).toEqual(numbers().reverse());
    expect(report.notices.join()).toContain('turned round');
  });

  it('gives the first fields as examples, and an outline to draw', async () => {
    const { report } = await read(table);
    expect(report.columns[1]!.examples).toEqual(['0.5', '1.5', '4.5', '2.5', '2.5', '4.5']);
    expect([...report.outline!.value]).toEqual(numbers().map((value) => value + 0.5));
  });

  it('names the source after the file, and after the column where there are several', async () => {
    expect((await read(lines('level', numbers().map(String)))).report.source).toBe('file:my.csv');
    expect((await read(table)).report.source).toBe('file:my.csv · open');
    expect((await read(table, { column: 2 })).report.source).toBe('file:my.csv · volume');
  });

  it('cuts names and examples too long to be shown', async () => {
    const long = 'x'.repeat(5000);
    const { report } = await read(
      lines(
        `${long};b`,
        rows((row) => `${long};${digit(row)}`),
      ),
    );
    expect(report.columns[0]!.name).toMatch(/^x{59}…$/);
    expect(report.columns[0]!.examples[0]).toMatch(/^x{99}…$/);
  });

  it('refuses a field of very many digits at once', async () => {
    const digits = '1'.repeat(900_000);
    const begun = performance.now();
    expect(await problem(lines('v', numbers().map(String), `${digits}x`))).toMatch(/^Line 22 has “1{39}…”/);
    expect(performance.now() - begun).toBeLessThan(5000); // hours, were every way to part the digits tried
  });
});

describe('encodings', () => {
  const text = lines('Größe', numbers().map(String));

  it('a byte order mark is no part of the header', async () => {
    const { report } = await read(`\ufeff${text}`);
    expect(report.columns[0]!.name).toBe('Größe');
  });

  it.each([
    ['little', true],
    ['big', false],
  ])('UTF-16, %s endian', async (_, little) => {
    const view = new DataView(new ArrayBuffer(2 + 2 * text.length));
    view.setUint16(0, 0xfeff, little);
    for (let index = 0; index < text.length; index++)
      view.setUint16(2 + 2 * index, text.charCodeAt(index), little);
    const { report, values } = await read(new Blob([view]));
    expect(report.columns[0]!.name).toBe('Größe');
    expect(values).toHaveLength(20);
  });

  it('Windows-1252, and says so', async () => {
    const { report } = await read(new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))]));
    expect(report.columns[0]!.name).toBe('Größe');
    expect(report.notices.join()).toContain('Windows-1252');
  });

  it('characters of several bytes over the seams between pieces', async () => {
    const many = lines(
      'stadt;level',
      rows((row) => `${'ü'.repeat(1 + (row % 5))};${digit(row)}`, 60_000),
    );
    const { report, values } = await read(many);
    expect(report.columns[0]!.examples[1]).toBe('üü');
    expect(values).toEqual(Float64Array.from(numbers(60_000)));
  });
});

describe('what cannot be read', () => {
  it.each(['', '\n', ' \n\n \n', '\ufeff', 'level\n'])('an empty file: %j', async (text) => {
    const error = await refusal(text, text.startsWith('level') ? { header: true } : {});
    expect(error.field).toBe('content');
    expect(error.message).toMatch(/empty.*column of numbers/);
  });

  it('text where numbers should be: the line, what was found, how often, what is allowed', async () => {
    const text = lines(
      'level',
      rows((row) => (row % 8 === 7 ? `about ${row}` : String(digit(row)))),
    );
    const message = await problem(text);
    expect(message).toContain('Line 9 has “about 7” in the column “level”');
    expect(message).toContain('2 of its 20 values cannot be read');
    expect(message).toMatch(/Allowed are numbers such as 1234.5.*NA, NaN, null, - or \?/);
  });

  it('text alone', async () => {
    expect(await problem('to be\nor not\nto be')).toMatch(/No value.*line 1 has “to be”/);
    expect(await problem('who,what\na,b\nc,d')).toMatch(/No value/);
  });

  it.each(['5', 'level\n5', '5\n6\n7'])('too few values: %j', async (text) => {
    expect(await problem(text)).toMatch(/holds [13] values?. At least 10 are needed/);
  });

  it('ten values are the fewest, and can be prepared', async () => {
    const { values } = await read(lines(numbers(10).map(String)));
    const prepared = prepareSeries(values, { window: 1, heldOut: 'end', missing: 'skip' });
    expect(prepared.heldOutStarts).toHaveLength(1);
  });

  it.each(['1e308', '-1e308', '1e400', '9'.repeat(40)])(
    '%s: the line, and what is allowed',
    async (value) => {
      const message = await problem(lines('level', numbers().map(String), value));
      expect(message).toContain('Line 22 has');
      expect(message).toContain('−1e30 to 1e30');
    },
  );

  it.each(['Infinity', 'inf', '0x10', '1_000', '12%', '$5', '1,2,3'])('%s is no number', async (value) => {
    expect(
      await problem(
        lines(
          't;level',
          numbers().map((digit) => `x;${digit}`),
          `x;${value}`,
        ),
      ),
    ).toContain(value);
  });

  it('a column of constants', async () => {
    expect(await problem(lines('level', Array(20).fill('3.50')))).toMatch(
      /Every value of the column “level” is 3.5/,
    );
  });

  it('a column of missing values', async () => {
    expect(
      await problem(
        lines(
          'a,b',
          rows((row) => `${digit(row)},NA`),
        ),
        { column: 1 },
      ),
    ).toContain('holds no value');
  });

  it('a file over 50 MB, without reading it', async () => {
    const megabyte = new Uint8Array(2 ** 20).fill(49);
    const error = await refusal(new Blob([...Array(50).fill(megabyte), '1']));
    expect(error.field).toBe('size');
    expect(error.message).toMatch(/50\.1 MB; at most 50 MB/);
  });

  it('more than a million rows', async () => {
    const error = await refusal('1\n'.repeat(1_000_001));
    expect(error.field).toBe('size');
    expect(error.message).toContain('more than 1,000,000 rows');
  }, 20_000);

  it('too many columns', async () => {
    const wide = lines(rows((row) => Array(1001).fill(row).join(',')));
    expect((await refusal(wide)).message).toMatch(/1,001 columns; at most 1,000/);
  });

  it('a file that is no text', async () => {
    const error = await refusal(new Blob([Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 0)]));
    expect(error.message).toMatch(/not a text file.*saved as CSV/);
  });

  it('a quotation mark without its partner', async () => {
    const text = lines(
      'name,level',
      rows((row) => `x,${digit(row)}`),
      '"oops,3',
      rows((row) => `x,${digit(row)}`),
    );
    expect((await refusal(text)).message).toContain('line 22');
    const long = `level\n"\n${'1\n'.repeat(800_000)}`;
    expect((await refusal(long)).message).toContain('line 2');
  });

  it('a file that went away', async () => {
    const blob = new Blob(['1\n2\n3\n']);
    blob.slice = () =>
      ({
        arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')),
      }) as unknown as Blob;
    expect((await refusal(blob)).message).toContain('Choose it again');
  });
});

describe('a million rows', () => {
  it('are read in under ten seconds of work, in bounded memory, while other work goes on', async () => {
    const blob = new Blob(
      Array.from({ length: 1000 }, (_, block) =>
        rows(
          (row) => `2020-01-01 00:00,${Math.sin((block * 1000 + row) / 50).toFixed(6)},${row},text\n`,
          1000,
        ).join(''),
      ),
    );
    let turns = 0;
    let longest = 0;
    let last = performance.now();
    let peak = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      turns++;
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + arrayBuffers);
    }, 1);
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const started = performance.now();
    const work = process.cpuUsage(); // not the clock alone: other tests share the machine
    const { report, values } = await read(blob);
    const { user, system } = process.cpuUsage(work);
    const busy = (user + system) / 1e6;
    const seconds = (performance.now() - started) / 1000;
    clearInterval(timer);
    const megabytes = (peak - heapUsed - arrayBuffers) / 2 ** 20;
    console.log(
      `${(blob.size / 2 ** 20).toFixed(0)} MB, a million rows: ${seconds.toFixed(1)} s, ${busy.toFixed(1)} s of work, ` +
        `longest task ${longest.toFixed(0)} ms, ${megabytes.toFixed(0)} MB at most`,
    );
    expect(report.rows).toBe(1_000_000);
    expect(values[999_999]).toBeCloseTo(Math.sin(999_999 / 50), 6);
    expect(busy).toBeLessThan(10);
    expect(turns).toBeGreaterThan(50);
    expect(megabytes).toBeLessThan(400);
  }, 60_000);
});
