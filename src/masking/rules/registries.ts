/** Package and image registries: npm, PyPI, RubyGems, crates.io, NuGet, Docker Hub, Clojars. */
import type { MaskingRule } from '../rule.ts'
import { HEX, prefixed } from './sample.ts'

const PYPI = `pypi-${'AgEIcHlwaS5vcmc'}`
const PYPI_TEST = `pypi-${'AgENdGVzdC5weXBpLm9yZw'}`

export const REGISTRIES: readonly MaskingRule[] = [
  prefixed({ id: 'npm-token', description: 'npm access token', prefixes: ['npm_'], body: '[A-Za-z0-9]', min: 36 }),
  prefixed({
    id: 'pypi-token',
    description: 'PyPI upload token',
    prefixes: [PYPI, PYPI_TEST],
    body: '[A-Za-z0-9_-]',
    min: 40,
  }),
  prefixed({
    id: 'rubygems-key',
    description: 'RubyGems API key',
    prefixes: ['rubygems_'],
    body: '[0-9a-f]',
    min: 48,
    letters: HEX,
  }),
  prefixed({
    id: 'docker-token',
    description: 'Docker Hub personal or organisation token',
    prefixes: ['dckr_pat_', 'dckr_oat_'],
    body: '[A-Za-z0-9_-]',
    min: 27,
  }),
  prefixed({
    id: 'crates-token',
    description: 'crates.io API token',
    prefixes: ['cio'],
    body: '[A-Za-z0-9]',
    min: 32,
    exact: true,
  }),
  prefixed({
    id: 'nuget-key',
    description: 'NuGet API key',
    prefixes: ['oy2'],
    body: '[a-z0-9]',
    min: 43,
    exact: true,
    letters: HEX,
  }),
  prefixed({
    id: 'clojars-token',
    description: 'Clojars deploy token',
    prefixes: ['CLOJARS_'],
    body: '[A-Za-z0-9]',
    min: 60,
  }),
]
