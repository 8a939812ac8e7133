/** Parameters changed as a wrong mapping would change them: a comparison that one of these passes proves nothing. */
import type { ModelConfiguration } from '../../gpu/index.ts';
import { directedLayers, parameterLayout, parameterView } from '../../gpu/model/parameters.ts';

export type Change = (model: ModelConfiguration, parameters: Float32Array) => Float32Array;

/** Two gates of every layer, in W and b. */
export function exchangedGates(one: string, other: string): Change {
  return (model, parameters) => {
    const layout = parameterLayout(model);
    const result = parameters.slice();
    for (const { name, cell, hiddenSize } of directedLayers(model)) {
      const [from, to] = [one, other].map((gate) => cell.gates.indexOf(gate) * hiddenSize) as [
        number,
        number,
      ];
      for (const parameter of ['W', 'b']) {
        const { offset, length } = parameterView(layout, `${name}.${parameter}`);
        for (let row = offset; row < offset + length; row += cell.gates.length * hiddenSize) {
          result.set(parameters.subarray(row + from, row + from + hiddenSize), row + to);
          result.set(parameters.subarray(row + to, row + to + hiddenSize), row + from);
        }
      }
    }
    return result;
  };
}

/** Every layer's parameter of a name is 0. */
export function dropped(parameter: string): Change {
  return (model, parameters) => {
    const layout = parameterLayout(model);
    const result = parameters.slice();
    for (const { name } of directedLayers(model)) {
      const { offset, length } = parameterView(layout, `${name}.${parameter}`);
      result.fill(0, offset, offset + length);
    }
    return result;
  };
}
