/** A configuration read from a file: JSON whose form is checked first, and then its values. */
import type { RunConfiguration } from './configuration.ts';
import { ConfigurationError } from './errors.ts';
import { isRecord } from './safetensors.ts';
import { validateConfiguration } from './validation.ts';

type Fields = Record<string, unknown>;

/** @throws ConfigurationError naming the field, its value and what is allowed. */
export function readConfiguration(text: string): RunConfiguration {
  let configuration: unknown;
  try {
    configuration = JSON.parse(text);
  } catch {
    throw refused('', 'is not JSON.');
  }
  const { model, training, kernels } = record(configuration, '');
  checkModel(record(model, '.model'));
  checkTraining(record(training, '.training'));
  const named = kernels === undefined ? {} : { kernels: renamed(record(kernels, '.kernels')) };
  const checked = { ...(configuration as RunConfiguration), ...named };
  validateConfiguration(checked);
  return checked;
}

/** Older files say `weights` of what is the precision. */
function renamed({ weights, ...kernels }: Fields): Fields {
  return weights === undefined ? kernels : { precision: weights, ...kernels };
}

function checkModel(model: Fields): void {
  checkStack(model, '.model');
  if (model['encoder'] !== undefined) {
    checkStack(record(model['encoder'], '.model.encoder'), '.model.encoder');
  }
}

function checkStack({ layers, input, dropout }: Fields, path: string): void {
  if (!Array.isArray(layers)) throw refused(`${path}.layers`, 'must be a list.');
  layers.forEach((item, index) => {
    const layer = record(item, `${path}.layers[${index}]`);
    for (const name of ['peepholes', 'bidirectional', 'residual']) {
      optional(layer, name, 'boolean', `${path}.layers[${index}]`);
    }
  });
  if (input !== undefined) record(input, `${path}.input`);
  if (dropout === undefined) return;
  const fields = record(dropout, `${path}.dropout`);
  optional(fields, 'perSequence', 'boolean', `${path}.dropout`);
  for (const name of ['input', 'between', 'output', 'recurrent']) {
    optional(fields, name, 'number', `${path}.dropout`);
  }
}

function checkTraining(training: Fields): void {
  const path = '.training';
  record(training['optimizer'], `${path}.optimizer`);
  for (const name of ['schedule', 'costSteps']) {
    if (training[name] !== undefined) record(training[name], `${path}.${name}`);
  }
  if (training['clipNorm'] !== null && typeof training['clipNorm'] !== 'number') {
    throw refused(`${path}.clipNorm`, 'must be a number or null.');
  }
}

function record(value: unknown, path: string): Fields {
  if (isRecord(value)) return value;
  throw refused(path, 'must be a JSON object.');
}

function optional(fields: Fields, name: string, type: 'boolean' | 'number', path: string): void {
  const value = fields[name];
  if (value === undefined || typeof value === type) return;
  throw refused(`${path}.${name}`, `is ${JSON.stringify(value)}; it must be a ${type}.`);
}

function refused(path: string, problem: string): ConfigurationError {
  return new ConfigurationError(`checkpoint.configuration${path}`, problem);
}
