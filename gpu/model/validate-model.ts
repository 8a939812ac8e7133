/** What a model must satisfy: each part by itself, then what does not go together. */
import { cellNames, findCell } from '../cells/registry.ts';
import { requireCount, requireFraction, requireKnown, requireOneOf } from './checks.ts';
import type { DropoutConfiguration, ModelConfiguration, StackConfiguration } from './configuration.ts';
import { ConfigurationError } from './errors.ts';
import { layerInputSize, layerWidth, readsTokens, stackWidth } from './shape.ts';

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function validateModel(model: ModelConfiguration): void {
  validateStack(model, 'model');
  if (model.encoder) validateStack(model.encoder, 'model.encoder');
  requireCount('model.outputSize', model.outputSize);
  if (model.vectorSize !== undefined) requireCount('model.vectorSize', model.vectorSize);
  requireOneOf('model.readout', model.readout, ['every-step', 'last-step', 'none']);
  requireOneOf('model.projection', model.projection, ['stacked', 'per-step']);
  requireOneOf('model.head', model.head, ['linear', 'softmax']);
  requireOneOf('model.attention', model.attention, ['dot', 'additive']);
  requireOneOf('model.inputAt', model.inputAt, ['every-step', 'first-step']);
  requireOneOf('model.feeding', model.feeding, ['given', 'own']);
  validateReadout(model);
  validateBeginning(model);
  validateAttention(model);
  validateFeeding(model);
}

function validateStack(stack: StackConfiguration, field: string): void {
  requireCount(`${field}.inputSize`, stack.inputSize);
  if (stack.input) requireKnown(`${field}.input.kind`, stack.input.kind, ['values', 'one-hot', 'embedding']);
  if (stack.input?.kind === 'embedding') requireCount(`${field}.input.size`, stack.input.size);
  if (stack.layers.length === 0) {
    refuse(`${field}.layers`, 'there are none; a model has at least one recurrent layer.');
  }
  stack.layers.forEach((_, index) => validateLayer(stack, index, `${field}.layers[${index}]`));
  if (stack.dropout) validateDropout(stack.dropout, `${field}.dropout`);
  if (stack.input?.kind === 'one-hot' && stack.dropout?.input) {
    refuse(
      `${field}.dropout.input`,
      `is ${stack.dropout.input}, but one-hot inputs are never made; allowed: 0, or embedded tokens.`,
    );
  }
}

function validateLayer(stack: StackConfiguration, index: number, field: string): void {
  const layer = stack.layers[index]!;
  requireCount(`${field}.hiddenSize`, layer.hiddenSize);
  if (!findCell(layer.cell)) {
    refuse(`${field}.cell`, `is "${layer.cell}"; allowed: ${cellNames().join(', ')}.`);
  }
  requireOneOf(`${field}.activation`, layer.activation, ['tanh', 'relu']);
  if (layer.activation === 'relu' && layer.cell !== 'rnn') {
    refuse(`${field}.activation`, `is relu, which the cell ${layer.cell} does not have; allowed: tanh.`);
  }
  if (layer.peepholes && layer.cell !== 'lstm') {
    refuse(`${field}.peepholes`, `is true, but only lstm has them; the cell is ${layer.cell}.`);
  }
  if (!layer.residual) return;
  const [reads, says] = [layerInputSize(stack, index), layerWidth(layer)];
  if (reads !== says) {
    refuse(
      `${field}.residual`,
      `adds an input of ${reads} features to an output of ${says}; both must be equal.`,
    );
  }
  if (index === 0 && stack.input?.kind === 'one-hot') {
    refuse(
      `${field}.residual`,
      'is true, but one-hot inputs are never made; allowed: false, or embedded tokens.',
    );
  }
}

function validateDropout(dropout: DropoutConfiguration, field: string): void {
  for (const place of ['input', 'between', 'output', 'recurrent'] as const) {
    const rate = dropout[place];
    if (rate !== undefined) requireFraction(`${field}.${place}`, rate);
  }
}

function validateReadout(model: ModelConfiguration): void {
  if ((model.readout ?? 'every-step') === 'every-step') return;
  const top = model.layers.length - 1;
  if (model.layers[top]!.residual) {
    refuse(
      `model.layers[${top}].residual`,
      `has no effect where the final h is read (readout ${model.readout}).`,
    );
  }
  if (model.projection === 'per-step') {
    refuse('model.projection', `is per-step, but the readout is ${model.readout}; allowed: stacked.`);
  }
  if (model.readout === 'last-step') return;
  if (model.head === 'softmax') {
    refuse('model.head', 'is softmax, but with readout none there is no head; allowed: linear.');
  }
  const width = stackWidth(model);
  if (model.outputSize !== width) {
    refuse('model.outputSize', `is ${model.outputSize}; with readout none it is the final h's ${width}.`);
  }
}

function validateBeginning(model: ModelConfiguration): void {
  const { encoder, vectorSize, inputAt } = model;
  if (inputAt === 'first-step' && readsTokens(model)) {
    refuse(
      'model.inputAt',
      'is first-step, but the inputs are tokens, of which none is zero; allowed: every-step.',
    );
  }
  if (!encoder) return;
  if (vectorSize !== undefined) {
    refuse(
      'model.vectorSize',
      `is ${vectorSize}, but the encoder makes the initial states; allowed: one of them.`,
    );
  }
  if (encoder.layers.length !== model.layers.length) {
    refuse(
      'model.encoder.layers',
      `are ${encoder.layers.length}, but the model has ${model.layers.length}; final states are handed on layer by layer.`,
    );
  }
  encoder.layers.forEach((layer, index) => {
    const { cell, hiddenSize, bidirectional } = model.layers[index]!;
    const width = layerWidth(layer);
    if (layer.cell !== cell || width !== hiddenSize || bidirectional) {
      refuse(
        `model.encoder.layers[${index}]`,
        `is ${layer.cell}, ${width} wide, but its states start ${bidirectional ? 'a bidirectional ' : ''}${cell} of ${hiddenSize}; both must be equal, and the latter not bidirectional.`,
      );
    }
  });
}

function validateAttention(model: ModelConfiguration): void {
  if (!model.attention) return;
  if (!model.encoder) {
    refuse('model.attention', `is ${model.attention}, but there is no encoder to look at.`);
  }
  if (model.readout !== undefined && model.readout !== 'every-step') {
    refuse(
      'model.attention',
      `is ${model.attention}, but the readout is ${model.readout}; allowed: every-step.`,
    );
  }
  const [ours, theirs] = [stackWidth(model), stackWidth(model.encoder)];
  if (model.attention === 'dot' && ours !== theirs) {
    refuse(
      'model.attention',
      `is dot, which needs outputs of one width; the encoder's are ${theirs} wide, the model's ${ours}.`,
    );
  }
}

function validateFeeding(model: ModelConfiguration): void {
  if (model.feeding !== 'own') return;
  if (model.readout !== undefined && model.readout !== 'every-step') {
    refuse('model.feeding', `is own, but the readout is ${model.readout}; allowed: every-step.`);
  }
  const both = model.layers.findIndex(({ bidirectional }) => bidirectional);
  if (both >= 0) {
    refuse(
      'model.feeding',
      `is own, but layer ${both} reads from the end too; no layer may be bidirectional.`,
    );
  }
  if (model.inputAt === 'first-step') {
    refuse('model.feeding', 'is own, but there is an input at the first step only; allowed: one of them.');
  }
  const softmax = model.head === 'softmax';
  if (softmax !== readsTokens(model)) {
    refuse(
      'model.feeding',
      `is own, but the model reads ${softmax ? 'numbers and says tokens' : 'tokens and says numbers'}; both must be alike.`,
    );
  }
  if (model.inputSize !== model.outputSize) {
    refuse(
      'model.feeding',
      `is own, but ${model.outputSize} numbers come out and ${model.inputSize} go in; both must be equal.`,
    );
  }
}

function refuse(field: string, problem: string): never {
  throw new ConfigurationError(field, problem);
}
