/**
 * `npm run soak`: what a long life costs. It trains for 10,000 iterations and counts what is allocated on the GPU after
 * the first hundred, then makes, trains and destroys 200 runs and counts the buffers that are left. Both must be 0.
 */
import { withModules } from './modules.mjs';

const ITERATIONS = 10_000;
const SETTLED = 100;
const CYCLES = 200;

/** Counts every buffer that a device makes, and those of them not destroyed. */
function countBuffers(device) {
  const counted = { made: 0, bytes: 0, live: 0 };
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    const destroy = buffer.destroy.bind(buffer);
    counted.made += 1;
    counted.bytes += descriptor.size;
    counted.live += 1;
    let isLive = true;
    buffer.destroy = () => {
      if (isLive) counted.live -= 1;
      isLive = false;
      destroy();
    };
    return buffer;
  };
  return counted;
}

async function trainLong(start, counted) {
  const run = await start();
  await run.advance(SETTLED);
  const settled = { ...counted };
  for (let done = SETTLED; done < ITERATIONS; done += 100) {
    await run.advance(100);
    await run.capture();
  }
  const [made, bytes] = [counted.made - settled.made, counted.bytes - settled.bytes];
  console.log(
    `${ITERATIONS} iterations, ${ITERATIONS / 100} copies of the state: ${made} buffers of ${bytes} bytes made after the first ${SETTLED} iterations.`,
  );
  run.destroy();
  return made;
}

/** Training, an answer of each kind, and the end, again and again. */
async function cycle(start, counted, { seed, examples }) {
  const before = counted.live;
  const rss = [];
  for (let index = 0; index < CYCLES; index += 1) {
    const run = await start();
    await run.advance(5);
    await run.forecast(Uint32Array.of(0, 1));
    await run.generate({ seed, steps: 5, mode: 'carried', window: 6, noise: 0, draws: 1, randomSeed: 1 });
    await run.examine(examples, { gradient: true });
    run.destroy();
    if (index % (CYCLES / 4) === CYCLES / 4 - 1) rss.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
  }
  // What was still being made for a destroyed run is given back once it is there.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const left = counted.live - before;
  console.log(
    `${CYCLES} runs made, trained and destroyed: ${left} buffers left of ${counted.made} made; resident memory after each quarter ${rss.join(', ')} MiB.`,
  );
  return left;
}

await withModules(async (load) => {
  await load('/test/support/dawn.ts');
  const { openDevice } = await load('/gpu/device/adapter.ts');
  const { PipelineCache } = await load('/gpu/kernels/pipeline.ts');
  const { WebGpuRun } = await load('/gpu/training/webgpu-run.ts');
  const { initialState } = await load('/gpu/index.ts');
  const { smallConfiguration, smallSeries } = await load('/test/support/small-run.ts');
  const { device } = await openDevice();
  const counted = countBuffers(device);
  const on = { device, pipelines: new PipelineCache(device), family: 'software', latency: 0 };
  const configuration = smallConfiguration();
  const series = smallSeries(configuration);
  const start = () => WebGpuRun.create(on, configuration, series, initialState(configuration));
  const values = series.values.slice(0, 12);
  const examples = { count: 2, steps: 6, inputs: values, targets: values };
  const made = await trainLong(start, counted);
  const left = await cycle(start, counted, { seed: values, examples });
  if (made > 0 || left > 0) throw new Error('Memory is allocated that is not given back.');
});
// Dawn keeps a thread of its own.
process.exit(0);
