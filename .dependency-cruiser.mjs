import { readdirSync, readFileSync } from 'node:fs'

// The room table in core/DESIGN.md is the single source: a row there is a rule here.
const rooms = readFileSync(new URL('core/DESIGN.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\|\s*`/.test(line))
  .flatMap((line) => {
    const [, names = '', , allowed = ''] = line.split('|')
    const paths = [...names.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => expand(name))
    return paths.map((path) => ({
      path,
      allowed: [...allowed.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => expand(name)),
    }))
  })
if (rooms.length === 0) throw new Error('core/DESIGN.md: the room table was not found')

/** `core/{archiver,restorer}` → `core/archiver`, `core/restorer`. */
function expand(name) {
  const [, before, choices, after] = /^(.*)\{(.*)\}(.*)$/.exec(name) ?? []
  return choices ? choices.split(',').map((choice) => before + choice.trim() + after) : [name]
}

const nameless = readdirSync(new URL('core', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => `core/${entry.name}`)
  .filter((path) => !rooms.some((room) => room.path === path))
if (nameless.length > 0) throw new Error(`core/DESIGN.md: no row in the room table for ${nameless.join(', ')}`)

const inside = (path) => `^${path}/`
const product = '^(core|renderer)/'

export default {
  forbidden: [
    ...rooms.map(({ path, allowed }) => ({
      name: `room:${path}`,
      comment: `${path} may import ${allowed.join(', ') || 'no other room'} (core/DESIGN.md, room table)`,
      severity: 'error',
      from: { path: inside(path) },
      to: { path: product, pathNot: [path, ...allowed].map(inside) },
    })),
    {
      name: 'enter-by-the-door',
      comment: 'Another room is entered through its index.ts.',
      severity: 'error',
      from: { path: '^(core/[^/]+)/' },
      to: { path: '^core/[^/]+/', pathNot: ['^$1/', '^core/[^/]+/index\\.ts$'] },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-circular-folders',
      comment: 'Folders of a room lean on each other in one direction, too.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^core/' },
      to: { circular: true },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: { path: product },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'pages-are-the-top',
      comment: 'Nothing imports a page: the router loads them.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/app/routes\\.ts$' },
      to: { path: '^renderer/app/pages/' },
    },
    {
      name: 'plain-parts',
      comment:
        'Parts of renderer/ui know no store and no client; what is shared knows neither them nor anything above.',
      severity: 'error',
      from: { path: '^renderer/(ui|shared)/' },
      to: { path: '^renderer/(app|client|modules)/|(^|/)node_modules/pinia/' },
    },
    {
      name: 'modules-below-the-app',
      comment: 'Modules are put together by the app, and know nothing of it. The client knows neither.',
      severity: 'error',
      from: { path: '^renderer/(client|modules)/' },
      to: { path: '^renderer/app/' },
    },
    {
      name: 'one-transport',
      comment: 'Only renderer/client knows how the appliance is spoken to.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/(client/|vite\\.config\\.ts)' },
      to: { path: '(^|/)node_modules/@orpc/' },
    },
    {
      name: 'no-deep-folders',
      comment: 'A file is found in three steps: a room, in it a part, in that at most one more.',
      severity: 'error',
      from: { path: '^core/[^/]+/[^/]+/[^/]+/[^/]+/|^renderer/[^/]+/[^/]+/[^/]+/[^/]+/' },
      to: {},
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^virtual:' } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: product,
        pathNot: [
          '\\.d\\.ts$',
          '^renderer/\\.generated/',
          'vite\\.config\\.ts$',
          '/wasm/',
          '/index\\.ts$',
          'worker\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(out|renderer/\\.generated)/' },
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
