/** The logistic function, and derivatives in terms of the value reached. */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const sigmoidSlope = (value: number): number => value * (1 - value);
export const tanhSlope = (value: number): number => 1 - value * value;
