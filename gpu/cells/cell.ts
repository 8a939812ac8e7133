/**
 * What the runtime knows of a cell besides its equations. The equations, forward and backward, are in `shader`,
 * which every driver of shaders/recurrent/ takes as it is: see shaders/recurrent/cell.wgsl for the two functions and
 * the constants that it must give.
 */
export interface CellDescription {
  /** A name of its own for every variant of a cell: `rnn`, `rnn-relu`. */
  readonly name: string;
  /** Of a variant, the name of the cell as configurations and parameters call it: `rnn`. Left out: `name`. */
  readonly variantOf?: string;
  /** What the blocks of W's columns are, in order: W is `[inputSize + hiddenSize, gates.length · hiddenSize]`. */
  readonly gates: readonly string[];
  /** What is handed from time step to time step; the first is the output h. */
  readonly states: readonly string[];
  /** Parameter vectors of the cell's own, each `[hiddenSize]`, such as peepholes or a second bias. */
  readonly vectors: readonly string[];
  /** Values per unit and time step that forward keeps for backward. */
  readonly saved: number;
  /** Which of the saved values are gates after their activation: their index by the gate's name. */
  readonly savedGates: Readonly<Record<string, number>>;
  /** Whether the equations need the input sum and the recurrent sum apart, and so their gradients. */
  readonly splitsSums: boolean;
  /** Where a gate's bias does not start at 0, its start, by the gate's name. */
  readonly initialBias?: Readonly<Record<string, number>>;
  /** WGSL text of the equations. */
  readonly shader: string;
  /** Constants that the text reads and does not give: what makes it one variant or another. */
  readonly constants?: Readonly<Record<string, number>>;
}

/** Gradients of sums that a unit's backward step leaves per time step: those of its gates, twice where split. */
export function sumBlocks(cell: CellDescription): number {
  return cell.gates.length * (cell.splitsSums ? 2 : 1);
}
