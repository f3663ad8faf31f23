/** Identity providers, secret managers and what guards access; data, never code that scans. */
import { tokens } from './format.ts'

const EYJ = 'eyJ'

export const IDENTITY = tokens([
  {
    id: 'vault-token',
    description: 'HashiCorp Vault service, batch or recovery token',
    format: '(hvs|hvb|hvr).<base64url:24..300>',
    source: 'developer.hashicorp.com: Vault, tokens, prefixes since 1.10',
  },
  {
    id: 'vault-token-old',
    description: 'HashiCorp Vault token of before 1.10, where a name or header stands before it',
    format: '(VAULT_TOKEN=|X-Vault-Token: |vault_token=|VAULT_TOKEN="){{(s|b|r).<base62:24>}}',
    source: 'developer.hashicorp.com: Vault, tokens of before 1.10: s., b. or r. and 24 characters',
  },
  {
    id: 'boundary-token',
    description: 'HashiCorp Boundary token',
    format: 'at_<base62:10>_s1<base62:60..>',
    source: 'developer.hashicorp.com: Boundary, auth tokens',
  },
  {
    id: 'doppler-token',
    description: 'Doppler personal, service, CLI, SCIM or audit token',
    format: ['dp.(pt|ct|sa|scim|audit).<base62:40..44>', 'dp.st.(|<slug:2..35>.)<base62:40..44>'],
    source: 'docs.doppler.com: auth token formats',
  },
  {
    id: 'onepassword-token',
    description: '1Password service account token',
    format: `ops_${EYJ}<anybase64:200..990>`,
    source: 'developer.1password.com: service accounts; base64 of an object',
  },
  {
    id: 'onepassword-secret-key',
    description: '1Password secret key of an account',
    format: 'A3-<BASE36:6>-(<BASE36:11>|<BASE36:6>-<BASE36:5>)-<BASE36:5>-<BASE36:5>-<BASE36:5>',
    source: 'support.1password.com: about your Secret Key',
  },
  {
    id: 'infisical-token',
    description: 'Infisical service token',
    format: 'st.{{<hex:24>.<hex:32>.<hex:32>}}',
    source: 'infisical.com/docs: service tokens begin with st.',
  },
  {
    id: 'okta-header-token',
    description: 'Okta API token in its header',
    format: 'SSWS {{00<base64url:40>}}',
    source: 'developer.okta.com: API tokens, Authorization: SSWS',
  },
  {
    id: 'workos-key',
    description: 'WorkOS key: sk_ and base64 of key_',
    format: 'sk_(|test_|live_)a2V5X<padded:40..100>',
    source: 'workos.com/docs: API keys',
  },
  {
    id: 'stytch-secret',
    description: 'Stytch secret',
    format: 'secret-(live|test)-<padded64url:33..50>',
    source: 'stytch.com/docs: project secrets',
  },
  {
    id: 'ory-token',
    description: 'Ory personal, access, refresh, session or code token',
    format: 'ory_(pat|wak|at|rt|st|ac|lo)_<base64url:32..100>(|.<base64url:30..60>)',
    source: 'ory.sh/docs: API keys and tokens',
  },
  {
    id: 'permit-key',
    description: 'Permit.io key',
    format: 'permit_key_<word:60..120>',
    source: 'docs.permit.io: API keys',
  },
  {
    id: 'jumpcloud-api-key',
    description: 'JumpCloud API key',
    format: 'jca_<base62:36>',
    source: 'jumpcloud.com/support: API keys begin with jca_',
  },
  {
    id: 'unkey-key',
    description: 'Unkey root key',
    format: 'unkey_<base62:20..40>',
    source: 'unkey.com/docs: root keys begin with unkey_',
    exact: true,
    checks: ['varied', 'mixed'],
  },
  {
    id: 'zuplo-key',
    description: 'Zuplo consumer key',
    format: 'zpka_<base36:32>_<hex:8>',
    source: 'zuplo.com/docs: API keys are prefixed with zpka_ and hold a signature',
  },
  {
    id: 'kong-token',
    description: 'Kong Konnect personal or system token',
    format: '(kpat|spat)_<base62:40..60>',
    source: 'docs.konghq.com: Konnect tokens begin with kpat_ or spat_',
  },
  {
    id: 'snyk-token',
    description: 'Snyk OAuth or service account token',
    format: `snyk_(uat|sat).<hex:8>.${EYJ}<base64url:20..>.<base64url:20..>`,
    source: 'docs.snyk.io: service accounts and personal access tokens',
  },
  {
    id: 'socket-key',
    description: 'Socket API key',
    format: 'sktsec_<base64url:30..60>_api',
    source: 'docs.socket.dev: API tokens begin with sktsec_ and end in _api',
  },
  {
    id: 'endor-key',
    description: 'Endor Labs API key',
    format: 'endr+<base62:16>',
    source: 'docs.endorlabs.com: API keys begin with endr+',
  },
  {
    id: 'sonar-token',
    description: 'SonarQube user, project or global token',
    format: '(squ|sqp|sqa|sqb)_<hex:40>',
    source: 'docs.sonarsource.com: token types',
  },
  {
    id: 'stackhawk-key',
    description: 'StackHawk key',
    format: 'hawk.<base64url:20>.<base64url:20>',
    source: 'docs.stackhawk.com: API keys begin with hawk.',
  },
])
