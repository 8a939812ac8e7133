/**
 * `npm run mutants`: breaks cells, drivers and all other kernels, and what layers and models record, one at a time. Every
 * mutant must fail a comparison that passes without it. `npm run mutants -- cells training` takes the parts so named only.
 *
 * A mutant that does not compile, is not valid, or whose text is not found once is no mutant: it counts as survived.
 */
import { withModules } from './modules.mjs';

/** Judges the mutants of a suite one after the other; resolves with how many there are and how many were killed. */
async function judgeSuite({ name, compare, mutants }, { judge, whyFails }) {
  console.log(`\n  ${name}`);
  const unbroken = await whyFails(compare);
  if (unbroken) console.log(`    The comparison fails without any mutant: ${unbroken}`);
  let killed = 0;
  for (const [what, mutant] of Object.entries(mutants)) {
    const verdict = unbroken ? { kind: 'void', why: 'see above' } : await judge(compare, mutant);
    if (verdict.kind === 'killed') killed += 1;
    const said = { killed: 'killed', survived: 'SURVIVED', void: `SURVIVED, void: ${verdict.why}` };
    console.log(`    ${said[verdict.kind]}  ${what}`);
  }
  return { killed, count: Object.keys(mutants).length };
}

async function judgeAll(areas, support) {
  const total = { killed: 0, count: 0 };
  for (const [area, suites] of areas) {
    console.log(`\n${area}`);
    for (const suite of suites) {
      const { killed, count } = await judgeSuite(suite, support);
      total.killed += killed;
      total.count += count;
    }
  }
  return total;
}

const status = await withModules(async (load) => {
  await load('/test/support/setup.ts');
  const { AREAS } = await load('/test/mutants/all.ts');
  const support = await load('/test/support/mutation.ts');
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !(name in AREAS));
  if (unknown.length > 0) {
    console.error(`No part ${unknown.join(', ')}. There are: ${Object.keys(AREAS).join(', ')}.`);
    return 2;
  }
  const areas = Object.entries(AREAS).filter(([area]) => asked.length === 0 || asked.includes(area));
  const began = performance.now();
  const { killed, count } = await judgeAll(areas, support);
  console.log(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
  console.log(`killed ${killed} of ${count}`);
  return killed === count && count > 0 ? 0 : 1;
});
// Dawn keeps a thread of its own.
process.exit(status);
