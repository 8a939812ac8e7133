/** Errors with a name: each says what is wrong, where, and what is allowed. */

/** A configuration, tensor or checkpoint that cannot be: `field` is the path to the value at fault. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly field: string;
  constructor(field: string, message: string) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** A loss or a gradient was not finite; the parameters are those of the iteration before. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';
  readonly iteration: number;
  constructor(iteration: number, what: 'loss' | 'gradient') {
    super(
      `The ${what} of iteration ${iteration} is not a finite number. The weights are those of the iteration before. ` +
        'Choose a lower learning rate or clip the gradient norm, then reset.',
    );
    this.iteration = iteration;
  }
}
