/** Gates and states that are held at values: see `Forcing` in gpu/model/engine.ts. */
import type { ModelConfiguration } from '../model/configuration.ts';
import type { Forcing } from '../model/engine.ts';
import { FREE, type Held } from './cell.ts';
import { referenceCell } from './registry.ts';

/** What is held of one layer's forward direction, unit by unit. */
export interface HeldUnits {
  /** `[H]` */
  readonly gates: readonly Held[];
  /** `[H]` The cell's own state goes on into what it makes of it within the time step; the held one is handed on. */
  readonly states: readonly Held[];
}

/** Per layer of the main stack; undefined where nothing is held. Of two that hold the same, the last counts. */
export function heldUnits(
  model: ModelConfiguration,
  forcings: readonly Forcing[],
): (HeldUnits | undefined)[] {
  return model.layers.map((layer, index) => {
    const here = forcings.filter((forcing) => forcing.layer === index);
    if (here.length === 0) return undefined;
    const { visibleGates, states } = referenceCell(layer);
    const units = Array.from({ length: layer.hiddenSize }, (_, unit) => unit);
    const heldOf = (names: readonly string[], unit: number): Held => {
      const values = names.map(
        (name) => here.findLast((forcing) => forcing.what === name && (forcing.unit ?? unit) === unit)?.value,
      );
      return values.some((value) => value !== undefined) ? values : FREE;
    };
    return {
      gates: units.map((unit) => heldOf(visibleGates, unit)),
      states: units.map((unit) => heldOf(states, unit)),
    };
  });
}
