/** One line of the bench: ours beside a peer, or beside a limit. */
export interface Row {
  /** Key in the JSON. */
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** Measured in the same run; where nothing is to be compared with, the limit itself. */
  readonly peer: number;
  /** What `ours / peer` may be at most, or must be at least. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number };
  /** What the two sides are, for people. */
  readonly note: string;
}

/** What stands in the JSON of the last line. `ratio` and `target` have two or more digits. */
export interface Metric {
  readonly ours: number;
  readonly peer: number;
  readonly ratio: number;
  readonly target: number;
  readonly met: boolean;
  readonly unit: string;
}

export function metricOf({ ours, peer, target, unit }: Row): Metric {
  const ratio = ours / peer;
  const isLimit = 'atMost' in target;
  const bound = isLimit ? target.atMost : target.atLeast;
  return {
    ours: shortened(ours),
    peer: shortened(peer),
    ratio: shortened(ratio),
    target: bound,
    met: isLimit ? ratio <= bound : ratio >= bound,
    unit,
  };
}

/** The rows as lines of text in columns, each followed by its note. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const { ours, peer, ratio, target, met } = metricOf(row);
    const sign = 'atMost' in row.target ? '≤' : '≥';
    return [
      row.name,
      `${ours} ${row.unit}`,
      `${peer} ${row.unit}`,
      String(ratio),
      `${sign} ${target}`,
      met ? 'met' : 'MISSED',
    ];
  });
  const lines = [['', 'ours', 'peer', 'ratio', 'target', ''], ...cells];
  const widths = lines[0]?.map((_, n) => Math.max(...lines.map((line) => line[n]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, n) => padded(cell, n, widths))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.map(({ name, note }) => `${name}: ${note}`);
  return [...text, '', ...notes].join('\n');
}

function padded(cell: string, column: number, widths: readonly number[] | undefined): string {
  const width = widths?.[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** Three digits that mean something; whole numbers stay whole. */
function shortened(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3));
}
