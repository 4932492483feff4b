/** `npm run kernels`: compiles the AssemblyScript of src/nn/kernels/assembly into src/nn/kernels/kernels.wasm, which is checked in. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMain, main, PlainError, ROOT } from './shell.mjs';
import { tiles } from './tiles.mjs';

const SOURCES = join('src', 'nn', 'kernels', 'assembly');
export const WASM = join('src', 'nn', 'kernels', 'kernels.wasm');
/** The file that is generated; it exists only while it is compiled. */
const GENERATED = 'tiles.ts';

/**
 * Flags: the memory is imported (TensorFlow.js' own), there is no runtime and no abort, so the module brings no data of its
 * own that could land on somebody else's.
 */
const FLAGS = [
  ...['--enable', 'simd', '-O3', '--noAssert', '--converge', '--disableWarning', '112'],
  ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--use', 'abort='],
];

/** Compiles the kernels. @returns the binary and its text form. Throws a PlainError with the compiler's messages. */
export async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  const written = new Map();
  const { error, stderr } = await asc.main(
    ['index.ts', '--outFile', 'kernels.wasm', '--textFile', 'kernels.wat', ...FLAGS],
    {
      readFile: (name, base) => {
        if (name === GENERATED) return tiles();
        try {
          return readFileSync(join(ROOT, SOURCES, base === '.' ? '' : base, name), 'utf8');
        } catch {
          // The compiler asks for names that may not be there.
          return null;
        }
      },
      writeFile: (name, content) => void written.set(name, content),
      listFiles: () => [],
    },
  );
  if (error) throw new PlainError(`${stderr.toString()}The kernels could not be compiled: ${error.message}`);
  return { binary: written.get('kernels.wasm'), text: written.get('kernels.wat') };
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const { binary, text } = await compile();
    const path = join(ROOT, WASM);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, binary);
    if (process.argv.includes('--text')) writeFileSync(join(ROOT, '.seesaw', 'kernels.wat'), text);
    console.log(`${WASM}: ${binary.length} bytes.`);
  });
}
