/** Infrastructure, observability and developer services with tokens of a known beginning. */
import type { MaskingRule } from '../rule.ts'
import { BASE62, HEX, prefixed, sample } from './sample.ts'

const WORD = '[A-Za-z0-9_-]'
const ALNUM = '[A-Za-z0-9]'

const TERRAFORM: MaskingRule = {
  id: 'terraform-token',
  description: 'Terraform Cloud token, from the mark inside it on',
  literals: ['.atlasv1.'],
  secret: '\\.atlasv1\\.[A-Za-z0-9_=-]{50,}',
  examples: {
    match: [() => [sample(BASE62, 14), `.atlasv1.${sample(BASE62, 67, 2)}`, '']],
    miss: [() => `a.atlasv1.${sample(BASE62, 20)}`],
  },
}

const SENTRY: MaskingRule = {
  id: 'sentry-token',
  description: 'Sentry organisation or user token',
  literals: ['sntrys_', 'sntryu_'],
  secret: 'sntry(?:s_[A-Za-z0-9+/=_-]{60,}|u_[0-9a-f]{60,})',
  examples: {
    match: [() => `sntrys_${sample(BASE62, 100)}`, () => `sntryu_${sample(HEX, 64)}`],
    miss: [() => `sntrys_${sample(BASE62, 20)}`],
  },
}

const DYNATRACE: MaskingRule = {
  id: 'dynatrace-token',
  description: 'Dynatrace API token',
  literals: ['dt0c01.', 'dt0s01.', 'dt0s16.'],
  secret: 'dt0[cs]\\d\\d\\.[A-Z0-9]{8,24}\\.[A-Z0-9]{64}',
  examples: {
    match: [() => `dt0c01.${sample('ABCDEFGH234', 24)}.${sample('ABCDEFGH234', 64, 2)}`],
    miss: [() => `dt0c01.${sample('ABCDEFGH234', 24)}`],
  },
}

const DOPPLER: MaskingRule = {
  id: 'doppler-token',
  description: 'Doppler personal, service, CLI, SCIM or audit token',
  literals: ['dp.pt.', 'dp.ct.', 'dp.st.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
  secret: 'dp\\.(?:pt|ct|sa|scim|audit|st(?:\\.[a-z0-9_-]{2,35})?)\\.[A-Za-z0-9]{40,}',
  examples: {
    match: [() => `dp.pt.${sample(BASE62, 43)}`, () => `dp.st.prd_eu.${sample(BASE62, 43)}`],
    miss: [() => `dp.st.prd.${sample(BASE62, 12)}`],
  },
}

const LAUNCHDARKLY: MaskingRule = {
  id: 'launchdarkly-key',
  description: 'LaunchDarkly SDK key',
  literals: ['sdk-'],
  secret: 'sdk-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  examples: {
    match: [() => `sdk-${[8, 4, 4, 4, 12].map((n) => sample(HEX, n, n)).join('-')}`],
    miss: [() => 'sdk-js-1a2b3c4d'],
  },
}

/** [id, description, prefixes, class of the body, its least length, letters of the example]. */
const TOKENS: readonly (readonly [string, string, readonly string[], string, number, string?])[] = [
  ['vault-token', 'HashiCorp Vault service, batch or recovery token', ['hvs.', 'hvb.', 'hvr.'], WORD, 24],
  ['digitalocean-token', 'DigitalOcean token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], '[0-9a-f]', 64, HEX],
  ['databricks-token', 'Databricks token', ['dapi'], '[0-9A-Fa-f]', 32, HEX],
  ['grafana-token', 'Grafana service account or cloud token', ['glsa_', 'glc_'], '[A-Za-z0-9_+/=]', 32],
  ['cloudflare-token', 'Cloudflare user, account or key token', ['cfut_', 'cfat_', 'cfk_'], ALNUM, 40],
  ['cloudflare-origin-key', 'Cloudflare origin CA key', ['v1.0-'], '[0-9a-f-]', 100, HEX],
  ['heroku-key', 'Heroku API key', ['HRKU-'], WORD, 36],
  ['fly-token', 'Fly.io access token', ['fm2_', 'fm1r_', 'fm1a_', 'fo1_'], '[A-Za-z0-9+/=_-]', 40],
  ['netlify-token', 'Netlify personal access token', ['nfp_', 'nfc_', 'nfo_', 'nfu_'], ALNUM, 36],
  ['render-key', 'Render API key', ['rnd_'], ALNUM, 28],
  ['neon-key', 'Neon API key', ['napi_'], ALNUM, 40],
  ['supabase-token', 'Supabase personal access token', ['sbp_'], '[0-9a-f]', 40, HEX],
  ['supabase-secret', 'Supabase secret key', ['sb_secret_'], WORD, 28],
  ['planetscale-token', 'PlanetScale token or password', ['pscale_tkn_', 'pscale_oauth_', 'pscale_pw_'], WORD, 32],
  ['onepassword-token', '1Password service account token', [`ops_${'eyJ'}`], '[A-Za-z0-9+/=_-]', 200],
  [
    'atlassian-token',
    'Atlassian API, Bitbucket or organisation token',
    ['ATATT3', 'ATBB', 'ATCTT3', 'ATSTT3'],
    '[A-Za-z0-9_=-]',
    28,
  ],
  ['linear-key', 'Linear API key', ['lin_api_', 'lin_oauth_'], ALNUM, 40],
  ['notion-token', 'Notion integration token', ['ntn_'], ALNUM, 40],
  ['figma-token', 'Figma personal access token', ['figd_', 'figo_'], WORD, 38],
  ['postman-key', 'Postman API key', ['PMAK-'], '[0-9a-f-]', 50, HEX],
  ['new-relic-key', 'New Relic user, ingest or browser key', ['NRAK-', 'NRII-', 'NRJS-', 'NRAL-'], WORD, 19],
  ['sonar-token', 'SonarQube token', ['squ_', 'sqp_', 'sqa_'], '[0-9a-f]', 40, HEX],
  ['buildkite-token', 'Buildkite user, agent or cluster token', ['bkua_', 'bkaj_', 'bkct_'], ALNUM, 40],
  ['circleci-token', 'CircleCI token', ['CCIPAT_', 'CCIPRJ_'], '[A-Za-z0-9_]', 40],
  ['sourcegraph-token', 'Sourcegraph access token', ['sgp_', 'slk_'], '[A-Za-z0-9_]', 40, HEX],
  [
    'tailscale-key',
    'Tailscale key',
    ['tskey-auth-', 'tskey-api-', 'tskey-client-', 'tskey-scim-', 'tskey-webhook-'],
    '[A-Za-z0-9-]',
    20,
  ],
  ['pulumi-token', 'Pulumi access token', ['pul-'], '[0-9a-f]', 40, HEX],
  ['prefect-key', 'Prefect API key', ['pnu_', 'pnb_'], ALNUM, 36],
  ['readme-key', 'ReadMe API key', ['rdme_'], '[a-z0-9]', 70, HEX],
  ['shippo-token', 'Shippo token', ['shippo_live_', 'shippo_test_'], '[0-9a-f]', 40, HEX],
  ['duffel-token', 'Duffel token', ['duffel_live_', 'duffel_test_'], WORD, 40],
  ['vercel-token', 'Vercel token', ['vcp_', 'vci_', 'vca_', 'vcr_'], ALNUM, 24],
  ['contentful-token', 'Contentful management token', ['CFPAT-'], WORD, 43],
  ['typeform-token', 'Typeform token', ['tfp_'], WORD, 40],
  ['posthog-key', 'PostHog personal API key', ['phx_'], ALNUM, 40],
  ['clickhouse-key', 'ClickHouse Cloud API secret', ['4b1d'], ALNUM, 38],
  ['rootly-key', 'Rootly API key', ['rootly_'], '[0-9a-f]', 64, HEX],
  ['scalingo-token', 'Scalingo token', ['tk-us-'], WORD, 48],
  ['frameio-token', 'Frame.io token', ['fio-u-'], WORD, 60],
  ['artifactory-key', 'JFrog Artifactory API key', ['AKCp'], ALNUM, 60],
  ['cockroach-key', 'CockroachDB Cloud API key', ['CCDB1_'], '[A-Za-z0-9_]', 50],
  ['dropbox-token', 'Dropbox short-lived access token', ['sl.u.', 'sl.'], WORD, 120],
  ['facebook-token', 'Facebook Graph API access token', ['EAAC', 'EAAM', 'EAAG', 'EAAB', 'EAAD', 'EAAJ'], ALNUM, 90],
  ['adafruit-key', 'Adafruit IO key', ['aio_'], ALNUM, 28],
]

export const INFRA: readonly MaskingRule[] = [
  TERRAFORM,
  SENTRY,
  DYNATRACE,
  DOPPLER,
  LAUNCHDARKLY,
  ...TOKENS.map(([id, description, prefixes, body, min, letters = BASE62]) =>
    prefixed({ id, description, prefixes, body, min, letters }),
  ),
]
