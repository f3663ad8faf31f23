/** GitLab's tokens (docs.gitlab.com: Token overview, token prefixes; gitlab-org/gitlab routable_token.rb); data alone. */
import { tokens } from './format.ts'

const OVERVIEW = 'docs.gitlab.com: GitLab token overview, token prefixes'
const ROUTABLE =
  'docs.gitlab.com: GitLab token overview; gitlab-org/gitlab routable_token.rb: payload, version, length and CRC-32'

export const GITLAB = tokens([
  {
    id: 'gitlab-pat',
    description: 'GitLab personal, project or group access token',
    format: 'glpat-<base64url:20..300>(|.<base36:9>|.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  {
    id: 'gitlab-runner',
    description: 'GitLab runner authentication token',
    format: '(glrt|glrtr)-<base64url:20..300>(|.<base36:9>|.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  {
    id: 'gitlab-agent',
    description: 'GitLab agent for Kubernetes token',
    format: 'glagent-<base64url:50..300>(|.<base36:9>|.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  {
    id: 'gitlab-job',
    description: 'GitLab CI job token',
    format: 'glcbt-<base64url:20..300>(|.<base64url:20..>.<base64url:20..>)',
    source: OVERVIEW,
  },
  {
    id: 'gitlab-deploy',
    description: 'GitLab deploy token',
    format: 'gldt-<base64url:20..300>(|.<base36:9>|.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  {
    id: 'gitlab-trigger',
    description: 'GitLab pipeline trigger token',
    format: 'glptt-(<hex:40>|<base64url:27..300>.<base36:9>|<base64url:27..300>.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  { id: 'gitlab-feed', description: 'GitLab feed token', format: 'glft-<base64url:20..300>', source: OVERVIEW },
  { id: 'gitlab-scim', description: 'GitLab SCIM token', format: 'glsoat-<base64url:20..300>', source: OVERVIEW },
  {
    id: 'gitlab-mail',
    description: 'GitLab incoming mail token',
    format: 'glimt-<base36:24..25>',
    source: OVERVIEW,
  },
  {
    id: 'gitlab-feature-flags',
    description: 'GitLab feature flags client token',
    format: 'glffct-<base64url:20..300>',
    source: OVERVIEW,
  },
  {
    id: 'gitlab-workspace',
    description: 'GitLab workspace token',
    format: 'glwt-<base64url:20..300>(|.<base36:9>|.<base36:2>.<base36:9>)',
    source: ROUTABLE,
    proof: 'gitlab-crc32',
  },
  {
    id: 'gitlab-oauth-app',
    description: 'GitLab OAuth application secret',
    format: 'gloas-<hex:64>',
    source: OVERVIEW,
  },
  {
    id: 'gitlab-runner-registration',
    description: 'GitLab runner registration token',
    format: 'GR1348941<base64url:20..100>',
    source: OVERVIEW,
  },
  {
    id: 'gitlab-session',
    description: 'GitLab session cookie',
    format: '_gitlab_session={{<hex:32>}}',
    source: 'docs.gitlab.com: GitLab token overview, GitLab session cookies',
    exact: true,
  },
])
