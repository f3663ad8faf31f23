/** Databases, warehouses and data pipelines as a service; data, never code that scans. */
import { tokens } from './format.ts'

export const DATABASES = tokens([
  { id: 'neon-key', description: 'Neon API key', format: 'napi_<base62:40..70>', source: 'neon.com/docs: API keys' },
  {
    id: 'supabase-token',
    description: 'Supabase personal or OAuth access token',
    format: 'sbp_(|oauth_|v0_)<hex:40>',
    source: 'supabase/cli: access tokens are sbp_ and 40 hexadecimal digits',
  },
  {
    id: 'supabase-secret',
    description: 'Supabase secret key',
    format: 'sb_secret_<base64url:22..40>(|_<base64url:8>)',
    source: 'supabase.com/docs: API keys; 22 characters, underscore, a checksum of 8',
  },
  {
    id: 'planetscale-token',
    description: 'PlanetScale service token, OAuth token or password',
    format: 'pscale_(tkn|oauth|pw)_<dotted:32..64>',
    source: 'planetscale.com/docs: service tokens and passwords',
  },
  {
    id: 'mongodb-atlas-secret',
    description: 'MongoDB Atlas service account secret',
    format: 'mdb_sa_sk_<base64url:36..50>',
    source: 'mongodb.com/docs: Atlas service accounts begin with mdb_sa_sk_',
  },
  {
    id: 'databricks-token',
    description: 'Databricks personal access token',
    format: 'dapi<hex:32>(|-<digits:1>)',
    source: 'docs.databricks.com: personal access tokens begin with dapi',
    exact: true,
  },
  {
    id: 'databricks-secret',
    description: 'Databricks OAuth, recipient or other secret',
    format: '(dose|dkea|dsapi|dosr)<hex:32>',
    source: 'docs.databricks.com: OAuth secrets begin with dose',
    exact: true,
  },
  {
    id: 'confluent-cloud-secret',
    description: 'Confluent Cloud API secret',
    format: 'cflt<base64:60>',
    source: 'docs.confluent.io: API secrets begin with cflt',
    exact: true,
  },
  {
    id: 'elastic-cloud-key',
    description: 'Elastic Cloud API key',
    format: 'essu_<padded:40..200>',
    source: 'elastic.co/docs: Elastic Cloud API keys begin with essu_',
  },
  {
    id: 'clickhouse-key',
    description: 'ClickHouse Cloud API secret',
    format: '4b1d<base62:38>',
    source: 'clickhouse.com/docs: Cloud API keys',
    exact: true,
  },
  {
    id: 'cockroach-key',
    description: 'CockroachDB Cloud API key',
    format: 'CCDB1_<base62:22>_<base62:40>',
    source: 'cockroachlabs.com/docs: API keys begin with CCDB1_',
  },
  {
    id: 'aiven-token',
    description: 'Aiven token or service password',
    format: ['aivenv1<anybase64:80..>', 'AVNS_<base64url:15..30>'],
    source: 'aiven.io/docs: passwords begin with AVNS_',
  },
  {
    id: 'xata-key',
    description: 'Xata key',
    format: 'xau_<base62:30..60>',
    source: 'xata.io/docs: API keys begin with xau_',
  },
  {
    id: 'tinybird-token',
    description: 'Tinybird token: a JSON Web Token with p. before it',
    format: 'p.eyJ<base64url:40..>.<base64url:20..>',
    source: 'tinybird.co/docs: static tokens begin with p.eyJ',
  },
  {
    id: 'prefect-key',
    description: 'Prefect Cloud user or service key',
    format: '(pnu|pnb)_<base62:36>',
    source: 'docs.prefect.io: API keys begin with pnu_ or pnb_',
  },
  {
    id: 'dbt-token',
    description: 'dbt Cloud personal or service token',
    format: '(dbtc|dbtu)_<base64url:36..60>',
    source: 'docs.getdbt.com: tokens begin with dbtu_ or dbtc_',
  },
  {
    id: 'dagster-token',
    description: 'Dagster Cloud user or agent token',
    format: '(user|agent):<slug:2..40>:{{<hex:32>}}',
    source: 'docs.dagster.io: Dagster+ tokens',
    exact: true,
  },
])
