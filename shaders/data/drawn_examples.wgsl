// Which example row b of the batch is: drawn at random with replacement, by a counter-based random number of seed,
// iteration and row, so that whatever is gathered of an example is gathered of the same one.

const EXAMPLES = 0x45584d50u; // "EXMP", what these random numbers are for

@group(0) @binding(3) var<storage, read> control: Control;

fn example_of(b: u32) -> u32 {
  return pcg4d(vec4u(gather.seed, control.iteration, b, EXAMPLES)).w % gather.count;
}
