/** The import rules of docs/ARCHITECTURE.md §1: one way in, one way down, no arrow runs back up. */
const pure = '^src/(pipeline|metrics|data|study)/';
const page = '^src/(app|lab|components|state)/';
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      comment: 'Virtual modules are made by the build.',
      from: {},
      to: { couldNotResolve: true, pathNot: '^virtual:' },
    },
    {
      name: 'pure-rooms-know-no-react-and-no-tf',
      severity: 'error',
      from: { path: [pure, 'src/blocks/.*/spec\\.ts$', 'src/blocks/catalog\\.ts$'] },
      to: {
        path: '(^|/)node_modules/(@tensorflow|react|react-dom|react-aria|react-aria-components|zustand|recharts)/|^src/(nn|engine|lab|app|state|components)/|^workers/',
      },
    },
    {
      name: 'the-page-holds-no-tf',
      severity: 'error',
      comment: 'Everything the page reaches, however far down, is free of TensorFlow.js.',
      from: { path: [page, '^workers/(client|protocol)'] },
      to: { reachable: true, path: '(^|/)node_modules/@tensorflow/' },
    },
    {
      name: 'only-nn-touches-tf',
      severity: 'error',
      comment: 'tf is kept behind nn; engine and blocks are written against nn.',
      from: { path: '^(src|workers|cli)/', pathNot: '^src/nn/' },
      to: { path: '(^|/)node_modules/@tensorflow/' },
    },
    {
      name: 'nn-knows-nothing-above-it',
      severity: 'error',
      from: { path: '^src/nn/' },
      to: { path: '^src/(?!nn/|data/random)|^workers/|^cli/' },
    },
    {
      name: 'blocks-rest-on-nn',
      severity: 'error',
      from: { path: '^src/blocks/' },
      to: { path: '^src/(engine|lab|app|state|components)/|^workers/|^cli/' },
    },
    {
      name: 'engine-knows-no-page',
      severity: 'error',
      from: { path: '^src/engine/' },
      to: { path: `${page}|^workers/|^cli/` },
    },
    {
      name: 'engine-knows-no-block-by-name',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '\\.test\\.ts$' },
      to: { path: '^src/blocks/(inputs|bottoms|towers|tops|balancers)/[^/]+/' },
    },
    {
      name: 'components-are-small',
      severity: 'error',
      from: { path: '^src/components/' },
      to: { path: '^src/(lab|app|state|engine)/|^workers/' },
    },
    {
      name: 'state-knows-no-view',
      severity: 'error',
      from: { path: '^src/state/' },
      to: { path: '^src/(lab|app|components)/' },
    },
    { name: 'lab-knows-no-app', severity: 'error', from: { path: '^src/lab/' }, to: { path: '^src/app/' } },
    {
      name: 'protocol-is-a-leaf',
      severity: 'error',
      from: { path: '^workers/protocol' },
      to: { path: '^src/(nn|engine|blocks|lab|app|state|components)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript, another language: its compiler finds the imports, one of which is generated.
    exclude: { path: '^src/nn/kernels/assembly/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'browser', 'default'],
    },
  },
};
