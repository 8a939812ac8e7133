/**
 * The comparisons of the kernel tests on whatever adapter Dawn finds: every cell over random shapes, both families of
 * kernels, against the float64 reference. Exits with 1 where one fails.
 */
import '../../test/support/dawn.ts';
import { openEngine } from '../../gpu/index.ts';
import { referenceBackward } from '../../gpu/reference/oracle.ts';
import { expectForwardClose, expectParameterGradientsClose } from '../../test/support/compare.ts';
import { FAMILIES, runNetwork } from '../../test/support/gpu.ts';
import { randomProblem, type Shape } from '../../test/support/problem.ts';
import { RandomSource } from '../../test/support/random.ts';

const CASES = Number(process.argv[2] ?? 30);

/** Large enough that the kernels for a GPU take their largest blocks and most rows and columns. */
const LARGE: Shape = { steps: 3, batch: 128, inputSize: 130, hiddenSizes: [1000], outputSize: 70 };

function shape(random: RandomSource): Shape {
  return {
    steps: random.pick([1, 2, 5, 17]),
    batch: random.pick([1, 3, 8, 17, 50, 65]),
    inputSize: random.pick([1, 2, 9, 33]),
    hiddenSizes: Array.from({ length: random.pick([1, 1, 2]) }, () => random.pick([1, 3, 20, 65, 100, 129])),
    outputSize: random.pick([1, 3, 7]),
  };
}

const { engine, notice } = await openEngine();
if (notice) throw new Error(notice);
console.log(engine.description.label);
let passed = 0;
let failed = 0;
for (const [cell, states] of [
  ['rnn', 1],
  ['lstm', 2],
  ['gru', 1],
] as const) {
  for (const family of FAMILIES) {
    for (let seed = 1; seed <= CASES; seed += 1) {
      const random = new RandomSource(seed);
      const sizes = seed === 1 && family === 'hardware' ? LARGE : shape(random);
      const problem = randomProblem(random, cell, states, sizes);
      const { model, parameters, inputs, batch, dOutputs, initialStates } = problem;
      const expected = referenceBackward(model, parameters, inputs, batch, dOutputs, {
        initial: initialStates,
      });
      try {
        const actual = await runNetwork(problem, family);
        expectForwardClose(actual.outputs, expected.forward.outputs, 'outputs');
        expectParameterGradientsClose(model, actual.gradients, expected.parameters);
        passed += 1;
      } catch (error) {
        failed += 1;
        console.log(
          `${cell}, ${family}, seed ${seed}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
