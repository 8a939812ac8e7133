/** The logistic function, and derivatives of it and of tanh in terms of the value reached. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** σ′ = σ·(1 − σ); 0 where the gate is held, and so does not depend on its sum. */
export const sigmoidSlope = (value: number, held?: number): number =>
  held === undefined ? value * (1 - value) : 0;
/** tanh′ = 1 − tanh²; 0 where the gate is held. */
export const tanhSlope = (value: number, held?: number): number =>
  held === undefined ? 1 - value * value : 0;
