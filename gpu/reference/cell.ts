/**
 * The seam of a recurrent cell, the same as in WGSL: a driver forms the products with the weights, a cell says what
 * one unit makes of them. Every list is of one unit, one row of the batch and one time step.
 *
 * G gates, S states (state 0 is h, what the next layer reads), V vectors of the cell's own.
 */

/** Values that gates or states are held at; one that is free has none. A held one is a constant to the gradient. */
export type Held = readonly (number | undefined)[];

export const FREE: Held = [];

export interface CellStep {
  /** `[G]` x·Wx + b. */
  readonly inputSum: readonly number[];
  /** `[G]` h(t−1)·Wh. */
  readonly recurrentSum: readonly number[];
  /** `[S]` the states at t − 1. */
  readonly stateIn: readonly number[];
  /** `[V]` this unit's values of the cell's own vectors. */
  readonly vectors: readonly number[];
  /** `[G]` */
  readonly held: Held;
}

export interface CellResult {
  /** `[S]` the states at t. */
  readonly stateOut: readonly number[];
  /** What backward wants to read again: first the visible gates. */
  readonly saved: readonly number[];
}

export interface CellBackwardStep {
  /** `[S]` ∂L/∂(states at t). */
  readonly dStateOut: readonly number[];
  readonly stateIn: readonly number[];
  readonly stateOut: readonly number[];
  readonly saved: readonly number[];
  readonly vectors: readonly number[];
  /** `[G]` */
  readonly held: Held;
}

export interface CellGradient {
  /** `[G]` ∂L/∂inputSum. */
  readonly dInputSum: readonly number[];
  /** `[G]` ∂L/∂recurrentSum. */
  readonly dRecurrentSum: readonly number[];
  /** `[S]` ∂L/∂stateIn without the way through the recurrent sum, which the driver adds. */
  readonly dStateIn: readonly number[];
  /** `[V]` this row's and time step's part of ∂L/∂vectors. */
  readonly dVectors: readonly number[];
}

export interface ReferenceCell {
  readonly gates: number;
  readonly states: readonly string[];
  /** Values per unit and time step that forward keeps for backward. */
  readonly saved: number;
  /** Gates that can be looked at and held, by name: the first of the saved values, after their activation. */
  readonly visibleGates: readonly string[];
  /** Names of the cell's own vectors, each `[H]`, in the order in which the functions get them. */
  readonly vectors: readonly string[];
  forward(step: CellStep): CellResult;
  backward(step: CellBackwardStep): CellGradient;
}
