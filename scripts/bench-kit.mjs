/**
 * `npm run bench:kit`: packs what times the runtime on a Linux x86-64 machine that has an NVIDIA driver and a Vulkan
 * loader but no Node: Node itself (stripped and compressed), Dawn, the bundled benchmark and its comparisons, and
 * `run.sh`, which unpacks and runs them. The folder `.kit/device` holds it, under 60 MiB.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleForNode } from './bench-bundle.mjs';

const KIT = '.kit/device';
const NODE = '.kit/node';
const LARGEST = 60 * 2 ** 20;
const ENTRIES = {
  bench: 'bench/kit/bench.ts',
  child: 'bench/node/child.ts',
  check: 'bench/kit/check.ts',
  kernels: 'bench/kit/kernels.ts',
};
/** Dawn goes beside the bundle; TensorFlow.js's WASM backend is left at home. */
const NOT_PACKED = ['webgpu', '@tensorflow/tfjs-backend-wasm'];
/** Whose libraries are packed, and who is worth waiting for on a GPU. */
const PEERS = [
  'unroll,unfused,steps,sequence,float16,reference,loop,tensorflow-webgpu,jax-webgpu',
  'pytorch,pytorch-graph,pytorch-tf32,pytorch-graph-tf32',
].join(',');

const RUN = `#!/bin/sh
# Times training and generation on this machine's GPU, beside PyTorch where that is installed.
#   run.sh [CASES] [OPTIONS]   cases such as AB; A, B and C by default. Figures go to results/ beside this file.
#                              Options as --cells lstm and --peers unroll,pytorch
#   run.sh check [N]           instead: N random shapes of every cell against the float64 reference
#   run.sh kernels CASES       instead: the time of each kernel
set -e
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$here/node" ] || python3 -c "import lzma,shutil,sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2],'wb'))" "$here/node.xz" "$here/node"
chmod +x "$here/node"
case "$1" in
  check) shift; exec "$here/node" "$here/check.mjs" "$@" ;;
  kernels) shift; exec "$here/node" "$here/kernels.mjs" "$@" ;;
esac
cases=\${1:-ABC}
[ $# -eq 0 ] || shift
where=node,python
if ! python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
  echo 'PyTorch with CUDA is not installed here: its rows are left out.'
  where=node
fi
mkdir -p "$here/results"
exec "$here/node" "$here/bench.mjs" --case "$cases" --where "$where" --peers ${PEERS} --json "$here/results/$cases.json" "$@"
`;

/** Node without its symbols, compressed: packed once, and again where Node's own file is newer. */
function packNode() {
  mkdirSync(NODE, { recursive: true });
  const packed = join(NODE, 'node.xz');
  const source = process.execPath;
  const isFresh =
    readdirSync(NODE).includes('node.xz') && statSync(packed).mtimeMs > statSync(source).mtimeMs;
  if (isFresh) return packed;
  const stripped = join(NODE, 'node');
  copyFileSync(source, stripped);
  chmodSync(stripped, 0o755);
  execFileSync('strip', [stripped]);
  execFileSync('xz', ['-9', '-T0', '--force', stripped], { stdio: 'inherit' });
  return packed;
}

rmSync(KIT, { recursive: true, force: true });
mkdirSync(join(KIT, 'node_modules/webgpu/dist'), { recursive: true });
await bundleForNode(resolve('.kit/bundle'), ENTRIES, NOT_PACKED);
cpSync('.kit/bundle', KIT, { recursive: true });
copyFileSync(packNode(), join(KIT, 'node.xz'));
for (const file of ['package.json', 'index.js']) {
  copyFileSync(join('node_modules/webgpu', file), join(KIT, 'node_modules/webgpu', file));
}
cpSync('node_modules/webgpu/dist/linux-x64', join(KIT, 'node_modules/webgpu/dist/linux-x64'), {
  recursive: true,
});
cpSync('bench/python/peer.py', join(KIT, 'python/peer.py'));
writeFileSync(join(KIT, 'run.sh'), RUN, { mode: 0o755 });

const bytes = readdirSync(KIT, { recursive: true })
  .map((file) => statSync(join(KIT, file)))
  .reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0);
console.log(
  `${KIT}: ${(bytes / 2 ** 20).toFixed(1)} MiB. Run it with ${KIT}/run.sh, or ${KIT}/run.sh check.`,
);
if (bytes > LARGEST) throw new Error(`The kit is larger than ${LARGEST} bytes.`);
