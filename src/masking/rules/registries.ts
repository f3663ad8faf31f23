/** Package and image registries, by each registry's documentation; data, never code that scans. */
import { tokens } from './format.ts'

const PYPI = `pypi-${'AgEIcHlwaS5vcmc'}`
const PYPI_TEST = `pypi-${'AgENdGVzdC5weXBpLm9yZw'}`

export const REGISTRIES = tokens([
  {
    id: 'npm-token',
    description: 'npm access token',
    format: '(npm|npms)_<base62:36..48>',
    source: 'github.blog: npm’s new access token format; npm’s own redaction knows npm_ and npms_ with 36 to 48',
    proof: 'github-crc32',
    match: ['npm_<base62:30:7><crc62:30>'],
  },
  {
    id: 'pypi-token',
    description: 'PyPI or TestPyPI upload token: a macaroon that begins with the name of the host',
    format: `(${PYPI}|${PYPI_TEST})<base64url:40..>`,
    source: 'docs.pypi.org: secret reporting; pypi/warehouse, macaroons',
  },
  {
    id: 'ruby-gem-key',
    description: 'RubyGems API key',
    format: 'rubygems_<hex:48>',
    source: 'guides.rubygems.org: API key scopes',
  },
  {
    id: 'crates-token',
    description: 'crates.io API token',
    format: ['cio<base62:32>', 'cio_tp_<base62:32..60>'],
    source: 'rust-lang/crates.io: tokens are cio and 32 characters, cio_tp_ for trusted publishing',
    exact: true,
  },
  {
    id: 'nuget-key',
    description: 'NuGet API key',
    format: 'oy2<base36:43>',
    source: 'learn.microsoft.com: NuGet, API keys, 46 characters that begin with oy2',
    exact: true,
  },
  {
    id: 'clojars-token',
    description: 'Clojars deploy token',
    format: 'CLOJARS_<base36:60>',
    source: 'github.com/clojars: Deploy tokens',
  },
  {
    id: 'docker-token',
    description: 'Docker Hub personal or organisation token',
    format: '(dckr_pat|dckr_oat)_<base64url:27..40>',
    source: 'docs.docker.com: access tokens',
  },
  {
    id: 'docker-swarm-token',
    description: 'Docker Swarm join or unlock key',
    format: ['SWMTKN-1-<base36:50>-<base36:25>', 'SWMKEY-1-<base64:40..50>'],
    source: 'docs.docker.com: Swarm, join tokens and unlock keys',
  },
  {
    id: 'artifactory-key',
    description: 'JFrog Artifactory API key',
    format: 'AKCp<base62:60..80>',
    source: 'jfrog.com/help: API keys, 73 characters that begin with AKCp',
  },
  {
    id: 'artifactory-reference-token',
    description: 'JFrog reference token: base64 of reftkn and more',
    format: 'cmVmdGtuOjAx<base62:40..60>',
    source: 'jfrog.com/help: reference tokens, 64 characters',
  },
  {
    id: 'rancher-token',
    description: 'Rancher API token',
    format: 'token-<base36:5>:<base36:54>',
    source: 'ranchermanager.docs.rancher.com: API keys',
  },
  {
    id: 'portainer-token',
    description: 'Portainer access token',
    format: 'ptr_<padded:44>',
    source: 'docs.portainer.io: API access',
  },
])
