/** The example of ARCHITECTURE.md is run as it stands there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test, vi } from 'vitest';

test('the example of ARCHITECTURE.md learns a sine and goes on with it', async () => {
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readFileSync('ARCHITECTURE.md', 'utf8'))!;
  const folder = mkdtempSync(resolve('test', 'example-'));
  const file = join(folder, 'example.ts');
  // One folder below the root, so that the door is one further away.
  writeFileSync(file, code!.replace("'./gpu/index.ts'", "'../../gpu/index.ts'"));
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await import(/* @vite-ignore */ file);
    expect(log).toHaveBeenCalledOnce();
    const [label, loss, next] = log.mock.calls[0] as [string, number, Float32Array];
    expect(label).toMatch(/·/);
    expect(label).not.toMatch(/reference/i);
    expect(loss).toBeLessThan(0.05);
    const truth = [40, 41, 42, 43, 44].map((n) => Math.sin(n / 4));
    truth.forEach((value, index) => expect(Math.abs(next[index]! - value)).toBeLessThan(0.2));
  } finally {
    log.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
