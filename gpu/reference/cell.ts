/**
 * The seam of a recurrent cell, the same as in WGSL: a driver forms the products with the weights, a cell says what
 * one unit makes of them. Every list is of one unit, one row of the batch and one time step.
 *
 * G gates, S states (state 0 is h, what the next layer reads), V vectors of the cell's own.
 */

export interface CellStep {
  /** `[G]` x·Wx + b. */
  readonly inputSum: readonly number[];
  /** `[G]` h(t−1)·Wh. */
  readonly recurrentSum: readonly number[];
  /** `[S]` the states at t − 1. */
  readonly stateIn: readonly number[];
  /** `[V]` this unit's values of the cell's own vectors. */
  readonly vectors: readonly number[];
}

export interface CellResult {
  /** `[S]` the states at t. */
  readonly stateOut: readonly number[];
  /** What backward wants to read again. */
  readonly saved: readonly number[];
}

export interface CellBackwardStep {
  /** `[S]` ∂L/∂(states at t). */
  readonly dStateOut: readonly number[];
  readonly stateIn: readonly number[];
  readonly stateOut: readonly number[];
  readonly saved: readonly number[];
  readonly vectors: readonly number[];
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
  readonly states: number;
  readonly saved: number;
  /** Names of the cell's own vectors, each `[H]`, in the order in which the functions get them. */
  readonly vectors: readonly string[];
  forward(step: CellStep): CellResult;
  backward(step: CellBackwardStep): CellGradient;
}
