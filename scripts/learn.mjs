/**
 * `npm run learn`: whether the runtime learns what recurrent networks are for. Every task of bench/learn, by the cell
 * that should reach it, from three seeds; a table of what it took, and exit code 1 where one did not come as it should.
 *
 *   --task NAME[,NAME]  some tasks only        --seeds N[,N]  other seeds than 1, 2 and 3
 *   --json FILE         the outcomes as JSON   --watch        every look at the held-out examples
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { withModules } from './modules.mjs';

/** What was asked for; an unknown option or name ends it with what there is. */
function readOptions(tasks) {
  const { values } = parseArgs({
    options: {
      task: { type: 'string' },
      seeds: { type: 'string', default: '1,2,3' },
      json: { type: 'string' },
      watch: { type: 'boolean', default: false },
    },
  });
  const names = [...new Set(tasks.map(({ name }) => name))];
  const asked = values.task?.split(',') ?? names;
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new Error(`No task ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  }
  const seeds = values.seeds.split(',').map(Number);
  if (!seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 30)) {
    throw new Error(`--seeds ${values.seeds}: allowed are whole numbers from 0 to 2^30 − 1, such as 1,2,3.`);
  }
  return {
    tasks: tasks.filter(({ name }) => asked.includes(name)),
    seeds,
    json: values.json,
    watch: values.watch,
  };
}

/** An accuracy in per cent, an error as it is. */
const figure = ({ measure }, value) =>
  measure === 'accuracy' ? `${(100 * value).toFixed(1)} %` : value.toFixed(4);

/** Title, width, the side that text is set to, and the text. */
const COLUMNS = [
  { title: 'task', width: 8, side: 'left', text: ({ task }) => task.name },
  { title: 'cell', width: 20, side: 'left', text: ({ task }) => task.setting },
  { title: 'seed', width: 4, side: 'right', text: ({ seed }) => String(seed) },
  { title: 'iterations', width: 10, side: 'right', text: ({ iterations }) => String(iterations) },
  {
    title: 'final',
    width: 22,
    side: 'right',
    text: ({ task, score }) => `${task.measure} ${figure(task, score)}`,
  },
  {
    title: 'wanted',
    width: 8,
    side: 'right',
    text: ({ task }) =>
      `${(task.measure === 'accuracy') === task.learnable ? '≥' : '<'} ${figure(task, task.bar)}`,
  },
  { title: 'seconds', width: 7, side: 'right', text: ({ seconds }) => seconds.toFixed(1) },
  { title: '', width: 1, side: 'left', text: ({ passed }) => (passed ? '✓' : '✗') },
];

/** A line of the table from what says a column's text. */
function line(say) {
  const cells = COLUMNS.map((column) => {
    const text = say(column);
    return column.side === 'right' ? text.padStart(column.width) : text.padEnd(column.width);
  });
  return cells.join('  ').trimEnd();
}

async function learn(load) {
  await load('/test/support/dawn.ts');
  const { openEngine } = await load('/gpu/index.ts');
  const { TASKS } = await load('/bench/learn/tasks.ts');
  const { train } = await load('/bench/learn/train.ts');
  const { tasks, seeds, json, watch } = readOptions(TASKS);
  const { engine, notice } = await openEngine();
  if (engine.description.kind !== 'webgpu') throw new Error(`A WebGPU adapter is needed. ${notice}`);
  console.log(`On ${engine.description.label}.\n\n${line(({ title }) => title)}`);
  const outcomes = [];
  for (const task of tasks) {
    for (const seed of seeds) {
      const report = (iteration, loss, score) =>
        console.error(`  ${task.name} ${iteration}: loss ${loss.toFixed(4)}, held out ${score.toFixed(4)}`);
      const outcome = await train(engine, task, seed, watch ? report : () => undefined);
      outcomes.push(outcome);
      console.log(line(({ text }) => text(outcome)));
    }
  }
  engine.destroy();
  if (json) writeFileSync(json, `${JSON.stringify(outcomes, undefined, 2)}\n`);
  const passed = outcomes.filter(({ passed }) => passed).length;
  console.log(`\n${passed} of ${outcomes.length} came as they should.`);
  return passed === outcomes.length;
}

try {
  process.exitCode = (await withModules(learn)) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
// Dawn keeps a thread of its own.
process.exit();
